'use client';
import type { ComponentProps } from 'react';
import { Part, Shown } from './part';

const parts = {
  panel: new Part(() => import('../chat/panel').then((found) => found.Panel)),
  guide: new Part(() => import('../welcome/guide').then((found) => found.Guide)),
  networks: new Part(() => import('../accounts/networks').then((found) => found.Networks)),
  add: new Part(() => import('../accounts/add-network').then((found) => found.AddNetwork)),
  person: new Part(() => import('../buddies/person-page').then((found) => found.PersonPage)),
  newGroup: new Part(() => import('../groups/new-group').then((found) => found.NewGroup)),
  broadcasts: new Part(() => import('../broadcasts/broadcasts').then((found) => found.Broadcasts)),
  newBroadcast: new Part(() => import('../broadcasts/new-broadcast').then((found) => found.NewBroadcast)),
  admin: new Part(() => import('../admin/admin').then((found) => found.Admin)),
  scheduled: new Part(() => import('../later/scheduled').then((found) => found.Scheduled)),
  reminders: new Part(() => import('../attention/reminders').then((found) => found.Reminders)),
  starred: new Part(() => import('../starred/starred').then((found) => found.Starred)),
  settings: new Part(() => import('../settings/settings').then((found) => found.Settings)),
  open: new Part(() => import('../open/open-page').then((found) => found.OpenPage)),
  share: new Part(() => import('../open/share-page').then((found) => found.SharePage)),
  bar: new Part(() => import('../commands/bar').then((found) => found.CommandBar)),
  scene: new Part(() => import('../chat/scene-dialog').then((found) => found.SceneDialog)),
  sheet: new Part(() => import('../commands/sheet').then((found) => found.ShortcutSheet)),
};

type PropsOf<Name extends keyof typeof parts> = ComponentProps<NonNullable<(typeof parts)[Name]['component']>>;

export const Panel = (props: PropsOf<'panel'>) => <Shown part={parts.panel} props={props} />;
export const Guide = (props: PropsOf<'guide'>) => <Shown part={parts.guide} props={props} />;
export const Networks = (props: PropsOf<'networks'>) => <Shown part={parts.networks} props={props} />;
export const AddNetwork = (props: PropsOf<'add'>) => <Shown part={parts.add} props={props} />;
export const PersonPage = (props: PropsOf<'person'>) => <Shown part={parts.person} props={props} />;
export const NewGroup = (props: PropsOf<'newGroup'>) => <Shown part={parts.newGroup} props={props} />;
export const Broadcasts = (props: PropsOf<'broadcasts'>) => <Shown part={parts.broadcasts} props={props} />;
export const NewBroadcast = (props: PropsOf<'newBroadcast'>) => <Shown part={parts.newBroadcast} props={props} />;
export const Admin = (props: PropsOf<'admin'>) => <Shown part={parts.admin} props={props} />;
export const Scheduled = (props: PropsOf<'scheduled'>) => <Shown part={parts.scheduled} props={props} />;
export const Reminders = (props: PropsOf<'reminders'>) => <Shown part={parts.reminders} props={props} />;
export const Starred = (props: PropsOf<'starred'>) => <Shown part={parts.starred} props={props} />;
export const Settings = (props: PropsOf<'settings'>) => <Shown part={parts.settings} props={props} />;
export const OpenPage = (props: PropsOf<'open'>) => <Shown part={parts.open} props={props} />;
export const SharePage = (props: PropsOf<'share'>) => <Shown part={parts.share} props={props} />;
export const CommandBar = (props: PropsOf<'bar'>) => <Shown part={parts.bar} props={props} />;
export const SceneDialog = (props: PropsOf<'scene'>) => <Shown part={parts.scene} props={props} />;
export const ShortcutSheet = (props: PropsOf<'sheet'>) => <Shown part={parts.sheet} props={props} />;

const restMs = 1500;
const betweenMs = 30;

/** Fetches them all while nothing else is to be done, so that none is waited for; one by one, so that nothing waits for them. */
export function fetchLater(): () => void {
  let timer = setTimeout(() => void fetchNext(Object.values(parts)), restMs);
  const fetchNext = async ([next, ...others]: readonly { fetch: () => Promise<void> }[]) => {
    await next?.fetch().catch(() => {});
    if (others.length > 0) timer = setTimeout(() => void fetchNext(others), betweenMs);
  };
  return () => clearTimeout(timer);
}
