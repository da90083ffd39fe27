import { endAll, StepError } from './steps.mjs';

/** Runs a script's main part: a failed step shows what it said, an interruption ends what was started. */
export async function guarded(work) {
  let interrupted = false;
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])
    process.once(signal, () => {
      interrupted = true;
      void endAll().then(() => process.exit(code));
    });
  try {
    await work();
  } catch (error) {
    if (interrupted) return;
    if (!(error instanceof StepError)) throw error;
    process.stderr.write(`\n${error.output.trimEnd()}\n\n${error.message}\n`);
    process.exitCode = 1;
  }
}

export { StepError };
