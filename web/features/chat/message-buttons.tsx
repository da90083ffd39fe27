import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { safeHref } from '../../lib/text';

/** The buttons others see below a message of ours: only those that lead somewhere can be pressed here. */
export function MessageButtons({ rows }: { rows: NonNullable<Message['buttons']> }) {
  return (
    <section className="offered" aria-label={t('message.buttons')}>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a message have no other name
        <ul key={index} className="offered-row">
          {row.map((button) => {
            const href = safeHref(button.url ?? null);
            return (
              <li key={button.label}>
                {href ? (
                  <a className="offered-one" href={href} target="_blank" rel="noopener noreferrer nofollow">
                    {button.label}
                  </a>
                ) : (
                  <span
                    className="offered-one"
                    title={button.value && t('message.button-answers', { value: button.value })}
                  >
                    {button.label}
                  </span>
                )}
              </li>
            );
          })}
        </ul>
      ))}
    </section>
  );
}
