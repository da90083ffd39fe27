'use client';
import { createContext, type ReactNode, use, useEffect, useId, useRef, useState } from 'react';
import { Icon } from './icons';
import { moveFocus } from './roving';

type Props = {
  label: string;
  className?: string;
  /** What the button shows. */
  trigger: ReactNode;
  /** With `close` where something else than an item ends it. */
  children: ReactNode | ((close: () => void) => ReactNode);
  /** `menu` holds actions, `dialog` anything else. */
  role?: 'menu' | 'dialog';
  placement?: 'below' | 'above';
  title?: string;
};

const Close = createContext(() => {});

/** A button with a popover in the top layer: a click elsewhere or Esc closes it, arrows move inside. */
export function Menu({
  label,
  className = 'icon-button',
  trigger,
  children,
  role = 'menu',
  placement = 'below',
  title,
}: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    const element = panel.current;
    const anchor = button.current;
    if (!open || !element || !anchor) return;
    place(element, anchor, placement);
    const focusFirst = () => element.querySelector<HTMLElement>('[data-roving]:not(:disabled),input,select')?.focus();
    focusFirst();
    // What is fetched when it is opened comes later, and is larger.
    const sizes = new ResizeObserver(() => {
      place(element, anchor, placement);
      if (document.activeElement === anchor || document.activeElement === document.body) focusFirst();
    });
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [open, placement]);

  // It goes with what it was opened from, also where that only leaves the view.
  useEffect(() => {
    const element = panel.current;
    return () => element?.hidePopover();
  }, []);

  const close = () => panel.current?.hidePopover();

  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={label}
        title={title}
        aria-haspopup={role}
        aria-expanded={open}
        popoverTarget={id}
      >
        {trigger}
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useAriaPropsSupportedByRole: the role is given */}
      <div
        ref={panel}
        id={id}
        popover="auto"
        role={role}
        aria-label={label}
        className="menu"
        onToggle={(event) => setOpen(event.newState === 'open')}
        onKeyDown={(event) => {
          // It closes this alone, not what this was opened from.
          if (event.key === 'Escape') event.stopPropagation();
          else moveFocus(event, panel.current);
        }}
      >
        {open && <Close value={close}>{typeof children === 'function' ? children(close) : children}</Close>}
      </div>
    </>
  );
}

type AtProps = { label: string; at: { x: number; y: number }; onClose: () => void; children: ReactNode };

/** A menu without a button of its own: open from the start, at a point of the page. */
export function MenuAt({ label, at, onClose, children }: AtProps) {
  const panel = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it opens once, where it was asked for
  useEffect(() => {
    const element = panel.current;
    const before = document.activeElement;
    if (!element) return;
    element.showPopover();
    const { offsetWidth: width, offsetHeight: height } = element;
    element.style.left = `${Math.max(8, Math.min(at.x, innerWidth - width - 8))}px`;
    element.style.top = `${Math.max(8, Math.min(at.y, innerHeight - height - 8))}px`;
    element.querySelector<HTMLElement>('[data-roving]:not(:disabled)')?.focus();
    const onPointer = ({ target }: PointerEvent) => {
      if (target instanceof Node && !element.contains(target)) element.hidePopover();
    };
    const onHide = () => {
      if (element.contains(document.activeElement) && before instanceof HTMLElement) before.focus();
    };
    document.addEventListener('pointerdown', onPointer, { capture: true });
    element.addEventListener('beforetoggle', onHide);
    return () => {
      document.removeEventListener('pointerdown', onPointer, { capture: true });
      element.removeEventListener('beforetoggle', onHide);
      element.hidePopover();
    };
  }, []);
  return (
    <div
      ref={panel}
      // By hand: the release of the button that asked for it would close it again.
      popover="manual"
      role="menu"
      aria-label={label}
      className="menu"
      onToggle={(event) => {
        if (event.newState === 'closed') onClose();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' || event.key === 'Tab') {
          event.preventDefault();
          event.stopPropagation();
          panel.current?.hidePopover();
        } else moveFocus(event, panel.current);
      }}
    >
      <Close value={() => panel.current?.hidePopover()}>{children}</Close>
    </div>
  );
}

function place(element: HTMLElement, anchor: HTMLElement, placement: 'below' | 'above'): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = element;
  const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
  const above = placement === 'above' ? at.top - height - 4 > 8 : at.bottom + height + 4 > innerHeight - 8;
  const top = above ? Math.max(8, at.top - height - 4) : Math.min(at.bottom + 4, Math.max(8, innerHeight - height - 8));
  element.style.left = `${at.right > innerWidth * 0.66 ? Math.max(8, at.right - width) : left}px`;
  element.style.top = `${top}px`;
}

type ItemProps = {
  onSelect: () => void;
  children: ReactNode;
  danger?: boolean;
  checked?: boolean;
  /** One that can be on beside others. */
  box?: boolean;
  disabled?: boolean;
  /** The menu stays. */
  keep?: boolean;
};

/** Closes the menu it is in, then does what it says. */
export function MenuItem({ onSelect, children, danger, checked, box, disabled, keep }: ItemProps) {
  const close = use(Close);
  const role = checked === undefined ? 'menuitem' : box ? 'menuitemcheckbox' : 'menuitemradio';
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: what is one of several, or a box, can be checked
    <button
      type="button"
      role={role}
      aria-checked={checked}
      data-roving
      disabled={disabled}
      className={danger ? 'menu-item menu-item-danger' : 'menu-item'}
      onClick={() => {
        if (!keep) close();
        onSelect();
      }}
    >
      {box && <span className="menu-tick">{checked && <Icon name="check" size={14} />}</span>}
      {children}
    </button>
  );
}
