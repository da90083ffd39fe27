'use client';
import { Component, type ReactNode } from 'react';
import { t } from '../lib/i18n';
import { Empty } from './states';

/** `beside`: the page has its main part elsewhere. */
type Props = { place?: string; beside?: boolean; children: ReactNode };

/** Where a part of the page breaks, the others go on. Another place is tried anew. */
export class Boundary extends Component<Props, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override componentDidUpdate(before: Props): void {
    if (this.state.broken && before.place !== this.props.place) this.setState({ broken: false });
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    if (this.props.beside) return <Broken className="sidebar" />;
    return (
      <main className="pane" aria-label={t('common.part-failed')}>
        <h1 className="visually-hidden">{t('common.part-failed')}</h1>
        <Broken className="pane pane-center" />
      </main>
    );
  }
}

function Broken({ className }: { className: string }) {
  return (
    <div className={className} role="alert">
      <Empty
        title={t('common.part-failed')}
        action={
          <button type="button" className="button button-primary" onClick={() => location.reload()}>
            {t('common.load-anew')}
          </button>
        }
      >
        {t('common.part-failed-why')}
      </Empty>
    </div>
  );
}
