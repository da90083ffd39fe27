/** The scripts of the page, in their order: the build has their addresses in links that fetch nothing by themselves (`scripts/lib/beside.mjs`). */
export const scriptLinks = () => document.querySelectorAll<HTMLLinkElement>('link[as=script]');
