import { maxFiles, putShared } from '../lib/shared';

/** What another app shares with Parley, laid down for the page, which asks whom it is for. */
export async function takeShared({ request }: { request: Request }): Promise<Response> {
  const form = await request.formData();
  const words = ['title', 'text', 'url'].map((name) => String(form.get(name) ?? '').trim());
  const files = form.getAll('files').filter((one) => one instanceof File);
  const text = [...new Set(words)].filter((one) => one !== '').join('\n');
  await putShared({ text, files: files.slice(0, maxFiles) });
  return Response.redirect('/#/share', 303);
}
