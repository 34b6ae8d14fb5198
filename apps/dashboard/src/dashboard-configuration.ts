import { Variable } from '@budget-buddy/platform';
import { IsInt, IsNotEmpty, Max, Min, ValidateIf } from 'class-validator';

const oneIsSet = ({ username, password }: DashboardConfiguration): boolean => Boolean(username ?? password);

/** Where the dashboard listens, and who may look at it. */
export class DashboardConfiguration {
  @Variable('BUDGETBUDDY_DASHBOARD_PORT', {
    description: 'Port of the dashboard. 0: any free one.',
    default: '5555',
  })
  @IsInt()
  @Min(0)
  @Max(65535)
  port!: number;

  @Variable('BUDGETBUDDY_DASHBOARD_USERNAME', {
    description: 'Who may look at the dashboard. Without it and the password only browsers on the same machine may.',
    parse: parseUsername,
    // `name:password` in it is a likely mistake.
    secret: true,
  })
  @ValidateIf(oneIsSet)
  @IsNotEmpty({ message: 'must be a name, because BUDGETBUDDY_DASHBOARD_PASSWORD is set (set both or neither)' })
  username?: string;

  @Variable('BUDGETBUDDY_DASHBOARD_PASSWORD', {
    description: 'The password that goes with BUDGETBUDDY_DASHBOARD_USERNAME. Set both or neither.',
    secret: true,
  })
  @ValidateIf(oneIsSet)
  @IsNotEmpty({ message: 'must be a password, because BUDGETBUDDY_DASHBOARD_USERNAME is set (set both or neither)' })
  password?: string;
}

function parseUsername(text: string): string {
  if (text.includes(':')) throw new Error('a name without a colon, which basic authentication cannot carry');
  return text;
}
