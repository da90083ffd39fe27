'use client';
import { type ComponentType, useEffect, useState } from 'react';
import { loadAllTexts, t } from '../lib/i18n';
import { notify } from './notice';

/**
 * A dialog or a part of the page that is fetched when it is first shown. What cannot be fetched says so, and comes by
 * itself once the network is there again.
 */
export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let Part: ComponentType<Props> | undefined;
  return (props: Props) => {
    const [Shown, show] = useState(() => Part);
    useEffect(() => {
      if (Part) return show(() => Part);
      let isGone = false;
      const fetchPart = () =>
        Promise.all([load(), loadAllTexts()]).then(([found]) => {
          Part = found;
          if (!isGone) show(() => found);
        });
      const again = () => void fetchPart().catch(() => {});
      fetchPart().catch(() => {
        if (isGone) return;
        notify(t('common.part-missing'));
        addEventListener('online', again);
      });
      return () => {
        isGone = true;
        removeEventListener('online', again);
      };
    }, []);
    return Shown ? <Shown {...props} /> : null;
  };
}
