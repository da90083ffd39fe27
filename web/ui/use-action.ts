'use client';
import { useRef, useState } from 'react';
import { fieldErrorsOf, messageOf } from '../lib/api/client';

export type Action = {
  busy: boolean;
  error: string | null;
  errors: Record<string, string>;
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  reset: () => void;
};

/** Runs one thing at a time and keeps what went wrong. `run` answers whether it went well. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const running = useRef(false);
  const reset = () => {
    setError(null);
    setErrors({});
  };
  const run = async (work: () => Promise<unknown>) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    reset();
    try {
      await work();
      return true;
    } catch (caught) {
      setErrors(fieldErrorsOf(caught));
      setError(messageOf(caught));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, error, errors, run, reset };
}
