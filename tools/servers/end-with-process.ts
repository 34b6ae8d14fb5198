const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What must not outlive this process. */
export interface Endable {
  /** Resolves when it is gone. May be called again. */
  stop(): Promise<void>;
  /** The same without waiting for anything asynchronous. */
  stopNow(): void;
}

/**
 * Has something end before this process does. At a signal (when `handleSignals`) it is stopped first and the process
 * then ends by that signal, unless somebody else listens to it too; at an exit, whatever its cause, nothing stays.
 * @returns how to be released from it.
 */
export function endWithProcess(what: Endable, handleSignals: boolean): () => void {
  const stopNow = () => what.stopNow();
  const onSignal = (signal: NodeJS.Signals) => {
    void what.stop().finally(() => {
      release();
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  };
  const release = () => {
    process.off('exit', stopNow);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };

  process.once('exit', stopNow);
  if (handleSignals) for (const signal of SIGNALS) process.on(signal, onSignal);
  return release;
}
