import { ExpressAdapter } from '@bull-board/express';
import type { NextFunction, Request, Response } from 'express';

type EntryRoute = Parameters<ExpressAdapter['setEntryRoute']>[0];

const FOREIGN_LINK = /<link\b[^>]*\bhref="https?:[^>]*>/g;

/**
 * bull-board's Express adapter, without what its page loads from elsewhere (fonts of Google's): a dashboard must work
 * where there is no internet, and need not tell anyone that it is looked at.
 */
export class SelfContainedAdapter extends ExpressAdapter {
  constructor() {
    super();
    this.app.disable('x-powered-by');
  }

  override setEntryRoute(entry: EntryRoute): this {
    this.app[entry.method](entry.route, (_request: Request, response: Response, next: NextFunction) => {
      const { name, params } = entry.handler({ basePath: this.basePath, uiConfig: this.uiConfig });
      response.render(name, params, (error, html) => {
        if (error) return next(error);
        response.send(html.replace(FOREIGN_LINK, ''));
      });
    });
    return this;
  }
}
