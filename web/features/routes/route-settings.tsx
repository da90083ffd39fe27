'use client';
import { useState } from 'react';
import type { SavedRoute } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { useUser } from '../../lib/sync/hooks';
import { Confirm } from '../../ui/confirm';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { Failure, Skeleton } from '../../ui/states';
import { useAction } from '../../ui/use-action';
import { RouteDialog } from './route-dialog';
import { defaultRouteId, loadRoutes, removeRoute, setDefault, useRoutes } from './saved';
import { sentenceOf } from './words';

type Opened = { is: 'form'; route: SavedRoute | null } | { is: 'remove'; route: SavedRoute } | null;

/** Saved routes: which there are, and which stands for everybody. */
export function RouteSettings() {
  const { routes, error } = useRoutes();
  useUser();
  const [opened, setOpened] = useState<Opened>(null);
  const action = useAction();
  const standing = defaultRouteId();
  return (
    <section className="section" aria-label={t('routes.routes')} id="routes">
      <h2>{t('routes.routes')}</h2>
      <p className="muted">{t('routes.lead')}</p>
      {error && <Failure onRetry={() => void loadRoutes()}>{error}</Failure>}
      {!routes && !error && <Skeleton rows={2} />}
      <ul className="lines" aria-label={t('routes.routes')} hidden={!routes || routes.length === 0}>
        {(routes ?? []).map((route) => (
          <li key={route.id} className="line route-line">
            <span className="line-text">
              <span className="line-main">
                {route.name} {route.id === standing && <span className="tag">{t('routes.default')}</span>}
              </span>
              <span className="line-sub">{t('route-words.whole', { sentence: sentenceOf(route.policy) })}</span>
            </span>
            <Menu
              label={t('routes.actions-for', { name: route.name })}
              title={t('routes.actions')}
              trigger={<Icon name="more" />}
            >
              <MenuItem onSelect={() => setOpened({ is: 'form', route })}>
                <Icon name="edit" /> {t('routes.edit')}
              </MenuItem>
              <MenuItem onSelect={() => void action.run(() => setDefault(route.id === standing ? null : route.id))}>
                <Icon name="star" /> {t(route.id === standing ? 'routes.not-default' : 'routes.make-default')}
              </MenuItem>
              <MenuItem danger onSelect={() => setOpened({ is: 'remove', route })}>
                <Icon name="trash" /> {t('routes.delete')}
              </MenuItem>
            </Menu>
          </li>
        ))}
      </ul>
      <FormError text={action.error} />
      <p>
        <button
          type="button"
          className="button"
          disabled={!routes}
          onClick={() => setOpened({ is: 'form', route: null })}
        >
          <Icon name="plus" /> {t('routes.new-route')}
        </button>
      </p>
      {opened?.is === 'form' && <RouteDialog route={opened.route} onClose={() => setOpened(null)} />}
      {opened?.is === 'remove' && (
        <Confirm
          title={t('routes.delete-title', { name: opened.route.name })}
          action={t('routes.delete')}
          danger
          work={() => removeRoute(opened.route.id)}
          onClose={() => setOpened(null)}
        >
          <p>{t('routes.delete-text')}</p>
        </Confirm>
      )}
    </section>
  );
}
