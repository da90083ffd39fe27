'use client';
import { type ComponentType, useCallback, useEffect, useRef, useState } from 'react';
import { loadAllTexts, t } from '../../lib/i18n';
import { Failure } from '../../ui/states';

/** A part of the page that is fetched when it is first shown, or before, while nothing else is to be done. */
export class Part<Props extends object> {
  component: ComponentType<Props> | null = null;

  constructor(
    private readonly load: () => Promise<ComponentType<Props>>,
    private readonly loadWords: () => Promise<void> = loadAllTexts,
  ) {}

  readonly fetch = async (): Promise<void> => {
    if (this.component) return;
    [this.component] = await Promise.all([this.load(), this.loadWords()]);
  };
}

/** Drawn at once where it is there. What cannot be fetched, e.g. after an update of the server, says so in its place. */
export function Shown<Props extends object>({ part, props }: { part: Part<Props>; props: Props }) {
  const [failed, setFailed] = useState(false);
  const [, setThere] = useState(part.component !== null);
  const live = useRef(true);
  const fetch = useCallback(() => {
    setFailed(false);
    return part.fetch().then(
      () => live.current && setThere(true),
      () => live.current && setFailed(true),
    );
  }, [part]);
  useEffect(() => {
    live.current = true;
    // It may have come between the drawing and this.
    if (part.component) setThere(true);
    else void fetch();
    return () => {
      live.current = false;
    };
  }, [part, fetch]);
  // What an update of the server took away comes with the page anew.
  const again = async () => {
    await fetch();
    if (!part.component) location.reload();
  };
  const Component = part.component;
  if (Component) return <Component {...props} />;
  if (!failed) return <div className="pane" aria-busy="true" />;
  return (
    <div className="pane">
      <div className="page-column">
        <Failure onRetry={() => void again()}>{t('common.part-missing')}</Failure>
      </div>
    </div>
  );
}
