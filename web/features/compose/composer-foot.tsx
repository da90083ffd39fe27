import type { SendBody } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import type { Choice, Known } from './choice';
import { factsOf } from './facts';
import { FactsLine } from './facts-line';
import type { Remark } from './losses';
import { SmsLine } from './sms-line';
import type { Way } from './ways';
import { Where } from './where';

type Props = {
  choice: Choice;
  known: Known;
  targets: Way[];
  notes: Remark[];
  full: boolean;
  text: string;
  conversationId: string;
  body: SendBody | null;
  onOwnRoute: () => void;
};

/** What will become of the message: who gets it, by which account, and what is lost on the way. */
export function ComposerFoot({ choice, known, targets, notes, full, text, conversationId, body, onOwnRoute }: Props) {
  const sms = targets.some((way) => way.channel === 'sms');
  return (
    <div className="composer-foot">
      <Where choice={choice} known={known} targets={targets} onOwnRoute={onOwnRoute} />
      <FactsLine facts={factsOf(targets)} />
      {sms && text.trim() !== '' && <SmsLine conversationId={conversationId} text={text} body={body} />}
      <span className="remarks" role="status">
        {full && <span className="remark remark-stop">{t('compose.outbox-full')}</span>}
        {notes.map((note) => (
          <span key={note.text} className={note.stops ? 'remark remark-stop' : 'remark'}>
            {note.text}
          </span>
        ))}
      </span>
    </div>
  );
}
