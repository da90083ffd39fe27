'use client';
import type { Channel, Conversation, RoutePolicy, SendBody, Template } from '../../lib/api/types';
import { lazily } from '../../ui/lazily';
import type { TemplateDraft } from '../templates/template-form';
import type { Extras } from './extras';
import type { Opening } from './more-menu';
import { channels } from './ways';

export const FormatBar = lazily(() => import('./format-bar').then((found) => found.FormatBar));
const WhoGetsWhat = lazily(() => import('./who-gets-what').then((found) => found.WhoGetsWhat));
const OtherWords = lazily(() => import('./other-words').then((found) => found.OtherWords));
const WhenDialog = lazily(() => import('./when-dialog').then((found) => found.WhenDialog));
const OwnRouteDialog = lazily(() => import('../routes/route-dialog').then((found) => found.OwnRouteDialog));
const TemplatePicker = lazily(() => import('../templates/template-picker').then((found) => found.TemplatePicker));
const TemplateForm = lazily(() => import('../templates/template-form').then((found) => found.TemplateForm));

export type Opened = Opening | 'route';

type PanelProps = {
  conversation: Conversation;
  /** The channels the message may go by. */
  carried: Channel[];
  opened: ReadonlySet<Opened>;
  body: SendBody | null;
  extras: Extras;
  onClose: (what: Opened) => void;
  onExtras: (change: Partial<Extras>) => void;
};

/** What opens above the box: fetched when it is first opened. */
export function Panels({ conversation, carried, opened, body, extras, onClose, onExtras }: PanelProps) {
  return (
    <>
      {opened.has('preview') && (
        <WhoGetsWhat conversationId={conversation.id} body={body} onClose={() => onClose('preview')} />
      )}
      {opened.has('words') && (
        <OtherWords
          channels={channels.filter((one) => carried.includes(one) || extras.variants[one] !== undefined)}
          variants={extras.variants}
          onChange={(variants) => onExtras({ variants })}
          onClose={() => onClose('words')}
        />
      )}
    </>
  );
}

type DialogProps = {
  opened: ReadonlySet<Opened>;
  extras: Extras;
  policy: RoutePolicy;
  draft: TemplateDraft;
  onClose: (what: Opened) => void;
  onExtras: (change: Partial<Extras>) => void;
  onPolicy: (policy: RoutePolicy) => void;
  onTemplate: (template: Template) => void;
};

/** What opens over the page. They are forms of their own, outside the composer's. */
export function Dialogs({ opened, extras, policy, draft, onClose, onExtras, onPolicy, onTemplate }: DialogProps) {
  return (
    <>
      {opened.has('when') && <WhenDialog extras={extras} onChange={onExtras} onClose={() => onClose('when')} />}
      {opened.has('route') && <OwnRouteDialog policy={policy} onUse={onPolicy} onClose={() => onClose('route')} />}
      {opened.has('insert') && <TemplatePicker onPick={onTemplate} onClose={() => onClose('insert')} />}
      {opened.has('save') && <TemplateForm template={null} draft={draft} onClose={() => onClose('save')} />}
    </>
  );
}
