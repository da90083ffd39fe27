'use client';
import { t } from '../../../lib/i18n';
import { Avatar } from '../../../ui/avatar';
import type { Completion } from './use-completion';

export const offerId = (id: string, index: number): string => `${id}-${index}`;

/** What can be meant, above the box; the focus stays in the text. */
export function Offers({ id, kind, offers, at, open, pick, point }: Completion) {
  return (
    <>
      <span className="visually-hidden" role="status">
        {open && t('compose.offers', { count: offers.length })}
      </span>
      {open && (
        <div
          id={id}
          role="listbox"
          aria-label={t(kind === 'emoji' ? 'compose.emoji' : 'compose.people')}
          className="offers"
        >
          {offers.map((offer, index) => (
            // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the keys are those of the text box
            <div
              key={offer.key}
              id={offerId(id, index)}
              role="option"
              aria-selected={index === at}
              className="offer"
              onMouseDown={(event) => event.preventDefault()}
              onMouseEnter={() => point(index)}
              onClick={() => pick(offer)}
            >
              {offer.emoji ? (
                <span className="emoji offer-emoji" aria-hidden="true">
                  {offer.emoji}
                </span>
              ) : (
                <Avatar name={offer.label} seed={offer.key} size={24} />
              )}
              <span className="offer-name">
                <bdi>{offer.label}</bdi>
              </span>
              <span className="offer-detail">{offer.detail}</span>
            </div>
          ))}
        </div>
      )}
    </>
  );
}
