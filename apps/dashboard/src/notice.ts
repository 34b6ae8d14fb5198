import type { Response } from 'express';

/** What a page says when it cannot show the board. The texts are the dashboard's own, never a request's. */
export interface Notice {
  status: number;
  title: string;
  text: string;
  /** Seconds after which a browser asks again. */
  retryAfter?: number;
}

/** Answers with a notice, as a page to browsers and as JSON to programs. */
export function sendNotice(response: Response, notice: Notice): void {
  const { status, title, text, retryAfter } = notice;
  if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter);
  response.status(status).setHeader('Cache-Control', 'no-store');
  response.format({
    json: () => response.json({ statusCode: status, error: title, message: text }),
    html: () => response.send(page(notice)),
  });
}

function page({ title, text, retryAfter }: Notice): string {
  const refresh = retryAfter === undefined ? '' : `<meta http-equiv="refresh" content="${retryAfter}">`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title} – Budget Buddy Tasks</title>${refresh}</head>
<body style="font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>${title}</h1>
<p>${text}</p>
</body>
</html>
`;
}
