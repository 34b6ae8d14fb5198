import { Injectable, Logger, type NestMiddleware, type OnApplicationBootstrap } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { DashboardConfiguration } from '../dashboard-configuration';
import { type Notice, sendNotice } from '../notice';
import { Credentials } from './credentials';
import { type AccessDecision, decideAccess } from './decide-access';

const VARIABLES = 'BUDGETBUDDY_DASHBOARD_USERNAME and BUDGETBUDDY_DASHBOARD_PASSWORD';

const NOTICES: Record<Exclude<AccessDecision, 'grant'>, Notice> = {
  ask: { status: 401, title: 'Credentials wanted', text: `This dashboard asks for the values of ${VARIABLES}.` },
  closed: {
    status: 403,
    title: 'This dashboard is closed',
    text:
      `No credentials are set, so it is open only to browsers on its own machine, under the name localhost. ` +
      `To open it to others set ${VARIABLES}, then restart it.`,
  },
};

/** Lets through who may look, and tells the others why not. Stands before everything, the board's files included. */
@Injectable()
export class AccessMiddleware implements NestMiddleware, OnApplicationBootstrap {
  private readonly logger = new Logger(AccessMiddleware.name);
  private readonly credentials: Credentials | undefined;

  constructor({ username, password }: DashboardConfiguration) {
    this.credentials = username && password ? new Credentials(username, password) : undefined;
  }

  onApplicationBootstrap(): void {
    if (this.credentials) return this.logger.log('The dashboard asks for credentials');
    this.logger.warn(
      `The dashboard is open to browsers on this machine and closed to all others: ${VARIABLES} are not set. ` +
        'Set them before a reverse proxy on this machine passes requests on to it.',
    );
  }

  use(request: Request, response: Response, next: NextFunction): void {
    // Not request.path: the router has cut off what it matched before it calls a middleware.
    const path = request.originalUrl.replace(/\?.*$/s, '');
    const origin = { remoteAddress: request.socket.remoteAddress, headers: request.headers };
    const decision = decideAccess(path, origin, this.credentials);
    if (decision === 'grant') return next();
    if (decision === 'ask') response.setHeader('WWW-Authenticate', 'Basic realm="Budget Buddy Tasks", charset="UTF-8"');
    sendNotice(response, NOTICES[decision]);
  }
}
