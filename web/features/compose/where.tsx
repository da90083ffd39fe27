import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { networkName } from '../../ui/network-glyph';
import { sentenceOf } from '../routes/words';
import { type Choice, type Known, policyOf } from './choice';
import type { Way } from './ways';

type Props = { choice: Choice; known: Known; targets: Way[]; onOwnRoute: () => void };

/** What happens to the message when it is sent, as a sentence. */
export function Where({ choice, known, targets, onOwnRoute }: Props) {
  const usual = choice.is === 'usual' ? known.usual.route?.policy : undefined;
  const policy = policyOf(choice, known.routes) ?? usual;
  if (policy) {
    return (
      <span className="where">
        {t('route-words.whole', { sentence: sentenceOf(policy) })}{' '}
        <button type="button" className="link-button" onClick={onOwnRoute}>
          {rich('compose.change-route', { hidden: (words) => <span className="visually-hidden">{words}</span> })}
        </button>
      </span>
    );
  }
  const [first] = targets;
  if (!first) return null;
  return (
    <span className="where">
      {rich(
        choice.is === 'usual' && known.usual.from === 'conversation' ? 'compose.goes-as-always' : 'compose.goes-to',
        {
          address: <b>{first.address}</b>,
          account: first.account.name,
          network: networkName(first.account.network),
        },
      )}
    </span>
  );
}
