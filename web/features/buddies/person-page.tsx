'use client';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { useContact } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { Empty } from '../../ui/states';
import { Person } from './person';

/** A contact without a conversation yet, or looked at on its own. */
export function PersonPage({ id }: { id: string }) {
  const contact = useContact(id);
  return (
    <main className="pane" aria-label={t('person.contact')}>
      <header className="pane-head">
        <a className="icon-button back" href={link.home} aria-label={t('person.back')}>
          <Icon name="back" />
        </a>
        <h1 className="pane-title">{contact?.name ?? t('person.contact')}</h1>
      </header>
      <div className="pane-scroll">
        <div className="page-column">
          {contact ? (
            <>
              <h2 className="visually-hidden">{t('person.about', { name: contact.name })}</h2>
              <Person contact={contact} />
            </>
          ) : (
            <Empty
              title={t('person.gone')}
              action={
                <a className="button" href={link.home}>
                  {t('person.back')}
                </a>
              }
            >
              {t('person.gone-why')}
            </Empty>
          )}
        </div>
      </div>
    </main>
  );
}
