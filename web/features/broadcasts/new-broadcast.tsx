'use client';
import { type FormEvent, useDeferredValue, useRef, useState } from 'react';
import { call } from '../../lib/api/client';
import type { BodyInput } from '../../lib/api/types';
import { usePreview } from '../../lib/api/use-preview';
import { useFirstBad } from '../../lib/forms';
import { t } from '../../lib/i18n';
import { newKey } from '../../lib/new-key';
import { go, link } from '../../lib/router';
import { Confirm } from '../../ui/confirm';
import { Field, TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { useAction } from '../../ui/use-action';
import { PeoplePicker } from '../groups/people-picker';
import { useRoutes } from '../routes/saved';
import { sentenceOf } from '../routes/words';
import { WordsForMany } from '../templates/words-for-many';
import { PreviewView } from './preview-view';
import { takeBroadcast } from './use-broadcasts';
import { isPast, When } from './when';

const most = 20_000;
const sendMs = 120_000;
const settleMs = 500;
const previewMs = 60_000;
const askMany = (body: BodyInput<'previewMany'>, signal: AbortSignal) =>
  call('previewMany', { body, signal, limitMs: previewMs });

/** One message to many people: who, what, by which route and when, and what comes of it before it goes. */
export function NewBroadcast() {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [subject, setSubject] = useState('');
  const [routeId, setRouteId] = useState('');
  const [sendAt, setSendAt] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const key = useRef(newKey());
  const routes = useRoutes().routes ?? [];
  const action = useAction();
  const form = useRef<HTMLFormElement>(null);
  useFirstBad(form, action.errors);

  const chosenRoute = routes.find((one) => one.id === routeId);
  const ready = chosen.size > 0 && text.trim() !== '';
  const body: BodyInput<'previewMany'> | null = ready
    ? {
        to: [...chosen],
        text,
        ...(subject.trim() ? { subject: subject.trim() } : {}),
        ...(routeId ? { route: { id: routeId } } : {}),
        ...(sendAt ? { sendAt } : {}),
      }
    : null;
  const previewed = usePreview(useDeferredValue(body), askMany, settleMs);
  const { byChannel, total } = previewed.preview ?? { byChannel: undefined, total: chosen.size };
  const reached = total - (byChannel?.none ?? 0);
  const late = sendAt !== null && isPast(sendAt);

  const send = async () => {
    if (!body) return;
    const given = { ...body, ...(name.trim() ? { name: name.trim() } : {}) };
    const done = await action.run(async () => {
      const made = await call('createBroadcast', { body: given, idempotencyKey: key.current, limitMs: sendMs });
      takeBroadcast(made);
      go(link.broadcast(made.id));
    });
    // The same key with other words would be refused.
    if (!done) key.current = newKey();
  };
  return (
    <main className="pane" aria-label={t('broadcasts.new')}>
      <header className="pane-head">
        <a className="icon-button" href={link.broadcasts} aria-label={t('broadcasts.back-to-broadcasts')}>
          <Icon name="back" />
        </a>
        <h1 className="pane-title">{t('broadcasts.new')}</h1>
      </header>
      <div className="pane-scroll">
        <form
          className="form page-column"
          ref={form}
          noValidate
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            setAsking(true);
          }}
        >
          <section className="section" aria-label={t('broadcasts.to')}>
            <h2>{t('broadcasts.to')}</h2>
            <PeoplePicker label={t('broadcasts.people')} chosen={chosen} onChange={setChosen} most={most} />
          </section>
          <div className="form">
            <WordsForMany
              label={t('broadcasts.message')}
              rows={5}
              text={text}
              subject={subject}
              onText={setText}
              onSubject={setSubject}
              errors={action.errors}
            />
            <Field label={t('broadcasts.route')} help={chosenRoute && sentenceOf(chosenRoute.policy)}>
              {(ids) => (
                <select className="input" {...ids} value={routeId} onChange={(event) => setRouteId(event.target.value)}>
                  <option value="">{t('broadcasts.usual-route')}</option>
                  {routes.map((one) => (
                    <option key={one.id} value={one.id}>
                      {one.name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <When
              sendAt={sendAt}
              onChange={setSendAt}
              error={action.errors.sendAt ?? (late ? t('broadcasts.over') : undefined)}
            />
            <TextField
              label={t('broadcasts.name')}
              optional
              help={t('broadcasts.name-help')}
              autoComplete="off"
              maxLength={120}
              value={name}
              onValue={setName}
              error={action.errors.name}
            />
          </div>
          <PreviewView previewed={previewed} />
          {Object.keys(action.errors).length === 0 && <FormError text={action.error} />}
          <div className="form-end">
            <button
              type="submit"
              className="button button-primary"
              disabled={action.busy || !ready || late || (byChannel !== undefined && reached === 0)}
            >
              {action.busy
                ? t('broadcasts.sending-dots')
                : t(sendAt ? 'broadcasts.schedule-for' : 'broadcasts.send-to', { count: reached })}
            </button>
          </div>
        </form>
      </div>
      {asking && (
        <Confirm
          title={t(sendAt ? 'broadcasts.schedule-for-title' : 'broadcasts.send-to-title', { count: reached })}
          action={t(sendAt ? 'broadcasts.schedule' : 'broadcasts.send')}
          work={send}
          onClose={() => setAsking(false)}
        >
          <p>{t('broadcasts.confirm-text')}</p>
        </Confirm>
      )}
    </main>
  );
}
