'use client';
import { Component, type ReactNode } from 'react';
import { t } from '../lib/i18n';
import { Empty } from './states';

type Props = {
  place?: string;
  /** What holds the words of what broke, where that is not the main part of the page. */
  instead?: (words: ReactNode) => ReactNode;
  children: ReactNode;
};

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
    const { instead = inMain } = this.props;
    return instead(<Broken />);
  }
}

const inMain = (words: ReactNode) => (
  <main className="pane pane-center" aria-label={t('common.part-failed')}>
    <h1 className="visually-hidden">{t('common.part-failed')}</h1>
    {words}
  </main>
);

function Broken() {
  return (
    <div role="alert">
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
