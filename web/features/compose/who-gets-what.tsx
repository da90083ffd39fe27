'use client';
import { useEffect, useRef } from 'react';
import { call } from '../../lib/api/client';
import type { PreviewRecipient, SendBody } from '../../lib/api/types';
import { usePreview } from '../../lib/api/use-preview';
import { clock, money, sentence } from '../../lib/format';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { fromWords } from './from-words';
import { channelName } from './ways';
import { whenWords } from './when';

const settleMs = 600;
/** What goes within that is called "now". */
const soonMs = 20_000;

type Props = { conversationId: string; body: SendBody | null; onClose: () => void };
type Step = PreviewRecipient['steps'][number];

/** Before it is sent: who gets the message, by which way, when, and as what. Asked anew once the writer rests. */
export function WhoGetsWhat({ conversationId, body, onClose }: Props) {
  const { preview, busy, error } = usePreview(
    body,
    (given, signal) => call('previewMessage', { params: { id: conversationId }, body: given, signal }),
    settleMs,
  );
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  const recipients = preview?.recipients ?? [];
  return (
    <section className="composer-part" aria-label={t('compose.who-gets-what')} aria-busy={busy}>
      <header className="composer-part-head">
        <h2 ref={head} tabIndex={-1}>
          {t('compose.who-gets-what')}
        </h2>
        <button type="button" className="icon-button" aria-label={t('sending.close-who')} onClick={onClose}>
          <Icon name="close" size={14} />
        </button>
      </header>
      <FormError text={error} />
      {!body && <p className="muted">{t('sending.write-first')}</p>}
      {body && !preview && !error && <p className="muted">{t('sending.looking')}</p>}
      {body && preview && (
        <>
          <p className="muted">
            {sentence(preview.sentence)} {fromWords(preview.from)}
          </p>
          {recipients.length === 1 && recipients[0] ? (
            <Steps recipient={recipients[0]} />
          ) : (
            <ul className="get-list" aria-label={t('compose.people')}>
              {recipients.map((one) => (
                <li key={one.contactId ?? one.name}>
                  <details className="get">
                    <summary>
                      <b>{one.name}</b> <span className="muted">{inShort(one)}</span>
                    </summary>
                    <Steps recipient={one} />
                  </details>
                </li>
              ))}
            </ul>
          )}
          {preview.total > recipients.length && (
            <p className="muted">{t('sending.others', { count: preview.total - recipients.length })}</p>
          )}
        </>
      )}
    </section>
  );
}

function inShort({ steps, problem }: PreviewRecipient): string {
  if (steps.length === 0) return problem ? sentence(problem) : t('sending.nothing');
  return steps.map((step) => `${channelName[step.channel]} ${whenOf(step)}`).join(', ');
}

function whenOf({ at, unless }: Step): string {
  const soon = Date.parse(at) - Date.now() < soonMs;
  const today = new Date(at).toDateString() === new Date().toDateString();
  const time = soon ? t('common.now') : today ? clock(at) : whenWords(at);
  if (unless) return t(unless === 'read' ? 'sending.if-not-read' : 'sending.if-not-delivered', { time });
  return today && !soon ? t('sending.at', { time }) : time;
}

/** Every way one person would get it by, with what it is there. */
export function Steps({ recipient: { steps, problem } }: { recipient: PreviewRecipient }) {
  return (
    <>
      {problem && <p className="preview-problem">{sentence(problem)}</p>}
      <ol className="preview-steps">
        {steps.map((step) => (
          <li key={`${step.step}${step.accountId}${step.target}`} className="preview-step">
            <p className="preview-head">
              <NetworkGlyph network={step.network} channel={step.channel} quiet />
              {rich('sending.step', {
                network: <b>{networkName(step.network)}</b>,
                target: step.target,
                when: whenOf(step),
              })}
              <span className="preview-facts">
                {[
                  step.parts !== undefined && step.parts > 1 && t('sending.parts', { count: step.parts }),
                  step.cost && money(step.cost),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </p>
            {step.subject && <p className="preview-subject">{step.subject}</p>}
            <p className="preview-text" dir="auto">
              {step.text}
            </p>
            {step.links?.map((link) => (
              <p key={link.name} className="muted get-note">
                {t('sending.as-link', { name: link.name, time: whenWords(link.expiresAt) })}
              </p>
            ))}
            {step.losses.map((loss) => (
              <p key={loss} className="preview-loss">
                {sentence(loss)}
              </p>
            ))}
            <p className="muted get-note">{sentence(step.why)}</p>
          </li>
        ))}
      </ol>
    </>
  );
}
