'use client';
import { type ComponentType, lazy } from 'react';
import { Failure } from '../../ui/states';

/** Fetched when first shown. What cannot be fetched, e.g. after an update of the server, says so in its place. */
function later<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => {
    const found = await load().catch(() => NotLoaded as ComponentType<Props>);
    return { default: found };
  });
}

function NotLoaded() {
  return (
    <div className="pane">
      <div className="page-column">
        <Failure onRetry={() => location.reload()}>This part of the page could not be fetched from the server.</Failure>
      </div>
    </div>
  );
}

const loads = {
  settings: () => import('../settings/settings').then((part) => part.Settings),
  networks: () => import('../accounts/networks').then((part) => part.Networks),
  add: () => import('../accounts/add-network').then((part) => part.AddNetwork),
  person: () => import('../buddies/person-page').then((part) => part.PersonPage),
  panel: () => import('../chat/panel').then((part) => part.Panel),
  switcher: () => import('./switcher').then((part) => part.Switcher),
};

export const Settings = later(loads.settings);
export const Networks = later(loads.networks);
export const AddNetwork = later(loads.add);
export const PersonPage = later(loads.person);
export const Panel = later(loads.panel);
export const Switcher = later(loads.switcher);

/** Fetches them all while nothing else is to be done, so that none is waited for. */
export function fetchLater(): () => void {
  const fetchAll = () => {
    for (const load of Object.values(loads)) load().catch(() => {});
  };
  const timer = setTimeout(fetchAll, 1500);
  return () => clearTimeout(timer);
}
