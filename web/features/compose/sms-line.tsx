'use client';
import { call } from '../../lib/api/client';
import type { Preview, SendBody } from '../../lib/api/types';
import { usePreview } from '../../lib/api/use-preview';
import { money } from '../../lib/format';
import { t } from '../../lib/i18n';
import { smsRoom } from '../../lib/text';

const settleMs = 800;

/** How many SMS it takes, counted with each key; and what they cost, as the server knows it of before. */
export function SmsLine({
  conversationId,
  text,
  body,
}: {
  conversationId: string;
  text: string;
  body: SendBody | null;
}) {
  const { preview } = usePreview(
    body,
    (given, signal) => call('previewMessage', { params: { id: conversationId }, body: given, signal }),
    settleMs,
  );
  const { parts, left, unicode } = smsRoom(text);
  const cost = costOf(preview);
  return (
    <span className="sms-line">
      {t('compose.sms-parts', { count: parts })} · {t('compose.sms-left', { count: left })}
      {unicode && (
        <>
          {' · '}
          <span title={t('compose.sms-unicode-full')}>{t('compose.sms-unicode')}</span>
        </>
      )}
      {cost && ` · ${t('compose.sms-cost', { cost })}`}
    </span>
  );
}

/** Of all people it goes to at once, where it is the same currency. */
function costOf(preview: Preview | null): string | null {
  const costs = (preview?.recipients ?? []).flatMap(({ steps }) =>
    steps.flatMap(({ channel, cost, unless }) => (channel === 'sms' && cost && !unless ? [cost] : [])),
  );
  const [first] = costs;
  if (!first || costs.some(({ currency }) => currency !== first.currency)) return null;
  const amount = costs.reduce((sum, cost) => sum + Number(cost.amount), 0);
  return money({ amount: String(amount), currency: first.currency });
}
