import type { ServedModel } from './servedModel.js';

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);

/** The page at `/`: a picture is chosen, dropped, pasted or taken, and its classes are shown. */
export const page = ({ name }: ServedModel): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; --bar: #3b6ea8; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 2rem auto; padding: 0 1rem; }
label { display: block; border: 2px dashed gray; border-radius: .5rem; padding: 1.5rem; text-align: center; cursor: pointer; }
label:focus-within, label.over { border-color: var(--bar); }
input { position: absolute; opacity: 0; width: 1px; }
img { display: block; max-width: 100%; max-height: 12rem; margin: 1rem auto; }
td { padding: .2rem .5rem; } td:nth-child(2) { text-align: right; } td:last-child { width: 60%; }
.bar { background: var(--bar); height: .8rem; border-radius: .2rem; }
</style>
<h1>${escaped(name)}</h1>
<label><input type="file" accept="image/png,image/jpeg,image/webp">Choose a picture, drop one here, or paste one</label>
<img alt="" hidden>
<p role="status" aria-live="polite"></p>
<table></table>

<script>
const [label, image, status, table] = ['label', 'img', '[role=status]', 'table'].map((each) => document.querySelector(each));
// Wherever the service is mounted.
const here = location.pathname.replace(/\\/?$/, '/');
async function show(file) {
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(file);
  image.hidden = false;
  table.replaceChildren();
  status.textContent = '…';
  try {
    const headers = { 'Content-Type': file.type || 'image/*' };
    const reply = await fetch(here + 'predict?top_k=5', { method: 'POST', headers, body: file });
    const found = await reply.json();
    if (!reply.ok) throw new Error(found.error.message);
    status.textContent = found[0].label;
    image.alt = 'The picture: ' + found[0].label;
    for (const { label, score } of found) {
      const row = table.insertRow();
      row.insertCell().textContent = label;
      row.insertCell().textContent = (100 * score).toFixed(1) + ' %';
      const bar = document.createElement('div');
      bar.className = 'bar';
      bar.style.width = 100 * score + '%';
      row.insertCell().append(bar);
    }
  } catch (error) {
    status.textContent = error.message;
  }
}
const take = (files) => { if (files.length > 0) show(files[0]); };
document.querySelector('input').addEventListener('change', (event) => take(event.target.files));
document.addEventListener('paste', (event) => take(event.clipboardData.files));
document.addEventListener('dragover', (event) => { event.preventDefault(); label.classList.add('over'); });
document.addEventListener('dragleave', () => label.classList.remove('over'));
document.addEventListener('drop', (event) => { event.preventDefault(); label.classList.remove('over'); take(event.dataTransfer.files); });
</script>
</html>
`;
