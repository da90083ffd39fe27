import type { Choice, Known } from './choice';
import { factsOf } from './facts';
import { FactsLine } from './facts-line';
import type { Remark } from './losses';
import type { Way } from './ways';
import { Where } from './where';

type Props = {
  choice: Choice;
  known: Known;
  targets: Way[];
  notes: Remark[];
  full: boolean;
  mail: boolean;
  onOwnRoute: () => void;
};

/** What will become of the message. */
export function ComposerFoot({ choice, known, targets, notes, full, mail, onOwnRoute }: Props) {
  const routed = choice.is === 'policy' || choice.is === 'saved' || (choice.is === 'usual' && known.usual.route);
  return (
    <div className="composer-foot">
      {(mail || routed || known.ways.length > 1) && (
        <Where choice={choice} known={known} targets={targets} onOwnRoute={onOwnRoute} />
      )}
      <FactsLine facts={factsOf(targets)} />
      <span className="remarks" role="status">
        {full && <span className="remark remark-stop">Too many messages wait to be sent</span>}
        {notes.map((note) => (
          <span key={note.text} className={note.stops ? 'remark remark-stop' : 'remark'}>
            {note.text}
          </span>
        ))}
      </span>
    </div>
  );
}
