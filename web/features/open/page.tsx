'use client';
import type { ReactNode } from 'react';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { Icon } from '../../ui/icons';

export function Page({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="pane" aria-label={title}>
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
