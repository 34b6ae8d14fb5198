/** RabbitMQ cannot be reached, or was lost before it answered: try again later. */
export class BrokerUnavailableError extends Error {
  override readonly name = 'BrokerUnavailableError';

  constructor(reason: string) {
    super(`RabbitMQ is unavailable: ${reason}`);
  }
}

/** RabbitMQ is there, but does not take this one message. */
export class MessageRefusedError extends Error {
  override readonly name = 'MessageRefusedError';

  constructor(
    reason: string,
    /** No queue is bound for it. */
    readonly unroutable: boolean,
  ) {
    super(`RabbitMQ refused the message: ${reason}`);
  }
}
