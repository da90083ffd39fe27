'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, call, fieldErrorsOf, messageOf } from '../../lib/api/client';
import type { Account, LoginStep } from '../../lib/api/types';
import { takeAccount } from './changes';

/** A step may ask the network and wait for it. */
const stepMs = 90_000;

export type OpenStep = Exclude<LoginStep, { type: 'done' }>;
type Stage =
  | { is: 'starting' }
  | { is: 'failed'; why: string }
  /** `turn` counts the steps: each is drawn from nothing. */
  | { is: 'step'; step: OpenStep; turn: number }
  | { is: 'over'; why: string }
  | { is: 'done'; account: Account };

export type Login = {
  /** What it was begun with. */
  asked: Asked;
  id: () => string | null;
  stage: Stage;
  busy: boolean;
  error: string | null;
  errors: Record<string, string>;
  answer: (input: Record<string, unknown>) => Promise<void>;
  restart: () => void;
};

export type Asked = {
  network: string;
  flow: string | undefined;
  accountId: string | null;
  /** A sign-in the browser comes back to. */
  loginId?: string;
};
const nothingWrong = { error: null, errors: {} };

/** Walks through one sign-in; what is left unfinished is cancelled on the server. */
export function useLogin({ network, flow, accountId, loginId }: Asked): Login {
  const [stage, setStage] = useState<Stage>({ is: 'starting' });
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<{ error: string | null; errors: Record<string, string> }>(nothingWrong);
  const [round, setRound] = useState(0);
  const login = useRef<string | null>(null);

  const take = useCallback((step: LoginStep) => {
    setWrong(nothingWrong);
    if (step.type === 'done') {
      login.current = null;
      takeAccount(step.account);
      setStage({ is: 'done', account: step.account });
    } else {
      setStage((before) => ({ is: 'step', step, turn: before.is === 'step' ? before.turn + 1 : 0 }));
    }
  }, []);

  useEffect(() => {
    let left = false;
    setStage({ is: 'starting' });
    setWrong(nothingWrong);
    const begin = async () => {
      if (loginId !== undefined && round === 0) {
        const { step, error } = await call('getLogin', { params: { id: loginId } });
        return { id: loginId, step, error };
      }
      const body = { network, flow, ...(accountId ? { accountId } : {}) };
      return { ...(await call('startLogin', { body, limitMs: stepMs })), error: undefined };
    };
    begin().then(
      ({ id, step, error }) => {
        if (left) return cancel(id);
        login.current = id;
        take(step);
        if (error !== undefined) setWrong({ error, errors: {} });
      },
      (error: unknown) => {
        if (!left) setStage({ is: isOver(error) ? 'over' : 'failed', why: messageOf(error) });
      },
    );
    return () => {
      left = true;
      if (login.current) cancel(login.current);
      login.current = null;
    };
  }, [network, flow, accountId, loginId, round, take]);

  const answer = async (input: Record<string, unknown>) => {
    const id = login.current;
    if (!id || busy) return;
    setBusy(true);
    setWrong(nothingWrong);
    try {
      const { step } = await call('answerLogin', { params: { id }, body: { input }, limitMs: stepMs });
      if (login.current === id) take(step);
    } catch (error) {
      if (login.current !== id) return;
      if (isOver(error)) {
        login.current = null;
        setStage({ is: 'over', why: messageOf(error) });
      } else {
        setWrong({ error: messageOf(error), errors: fieldErrorsOf(error) });
      }
    } finally {
      setBusy(false);
    }
  };

  const asked = { network, flow, accountId };
  const id = () => login.current;
  return { asked, id, stage, busy, ...wrong, answer, restart: () => setRound((count) => count + 1) };
}

function cancel(id: string): void {
  call('cancelLogin', { params: { id } }).catch(() => {});
}

/** Expired, cancelled, answered elsewhere, or gone with a restart of the server. */
function isOver(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 410 || error.code === 'login-done');
}
