'use client';
import { useState } from 'react';
import type { SavedRoute } from '../../lib/api/types';
import { sentence } from '../../lib/format';
import { useUser } from '../../lib/sync/hooks';
import { Confirm } from '../../ui/confirm';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { Failure, Skeleton } from '../../ui/states';
import { useAction } from '../../ui/use-action';
import { RouteDialog } from './route-dialog';
import { defaultRouteId, loadRoutes, removeRoute, setDefault, useRoutes } from './saved';

type Opened = { is: 'form'; route: SavedRoute | null } | { is: 'remove'; route: SavedRoute } | null;

/** Saved routes: which there are, and which stands for everybody. */
export function RouteSettings() {
  const { routes, error } = useRoutes();
  useUser();
  const [opened, setOpened] = useState<Opened>(null);
  const action = useAction();
  const standing = defaultRouteId();
  return (
    <section className="section" aria-label="Routes" id="routes">
      <h2>Routes</h2>
      <p className="muted">
        How a message finds its person. Without one, it goes where they last wrote or are most available.
      </p>
      {error && <Failure onRetry={() => void loadRoutes()}>{error}</Failure>}
      {!routes && !error && <Skeleton rows={2} />}
      <ul className="lines" aria-label="Routes" hidden={!routes || routes.length === 0}>
        {(routes ?? []).map((route) => (
          <li key={route.id} className="line route-line">
            <span className="line-text">
              <span className="line-main">
                {route.name} {route.id === standing && <span className="tag">Default</span>}
              </span>
              <span className="line-sub">{sentence(route.sentence)}</span>
            </span>
            <Menu label={`Actions for ${route.name}`} title="Actions" trigger={<Icon name="more" />}>
              <MenuItem onSelect={() => setOpened({ is: 'form', route })}>
                <Icon name="edit" /> Edit
              </MenuItem>
              <MenuItem onSelect={() => void action.run(() => setDefault(route.id === standing ? null : route.id))}>
                <Icon name="star" /> {route.id === standing ? 'No longer the default' : 'Make it the default'}
              </MenuItem>
              <MenuItem danger onSelect={() => setOpened({ is: 'remove', route })}>
                <Icon name="trash" /> Delete
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
          <Icon name="plus" /> New route
        </button>
      </p>
      {opened?.is === 'form' && <RouteDialog route={opened.route} onClose={() => setOpened(null)} />}
      {opened?.is === 'remove' && (
        <Confirm
          title={`Delete ${opened.route.name}?`}
          action="Delete"
          danger
          work={() => removeRoute(opened.route.id)}
          onClose={() => setOpened(null)}
        >
          <p>Who had it gets messages by the next rule. Messages on their way keep it.</p>
        </Confirm>
      )}
    </section>
  );
}
