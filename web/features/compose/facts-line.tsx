import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import type { Fact } from './facts';

/** What the chosen ways do not do; short, for it stands there at all times. */
export function FactsLine({ facts }: { facts: Fact[] }) {
  if (facts.length === 0) return null;
  return (
    <ul className="facts-line" aria-label={t('compose.facts')}>
      {facts.map((fact) => (
        <li key={fact.key} className={fact.icon ? 'fact fact-lock' : 'fact'} title={fact.full}>
          {fact.icon && <Icon name={fact.icon} size={12} />}
          {fact.full ? (
            <>
              <span aria-hidden="true">{fact.text}</span>
              <span className="visually-hidden">{fact.full}</span>
            </>
          ) : (
            fact.text
          )}
        </li>
      ))}
    </ul>
  );
}
