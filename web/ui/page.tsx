'use client';
import type { ReactNode } from 'react';
import { t } from '../lib/i18n';
import { link } from '../lib/router';
import { Icon } from './icons';

/** What fills the place of a conversation: a heading, the way back on a phone, and one column. */
export function Page({ title, busy, children }: { title: string; busy?: boolean; children: ReactNode }) {
  return (
    <main className="pane" aria-label={title} aria-busy={busy}>
      <header className="pane-head">
        <a className="icon-button back" href={link.home} aria-label={t('app.back')}>
          <Icon name="back" />
        </a>
        <h1 className="pane-title">{title}</h1>
      </header>
      <div className="pane-scroll">
        <div className="page-column">{children}</div>
      </div>
    </main>
  );
}
