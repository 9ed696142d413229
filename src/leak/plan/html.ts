import { createHash } from 'node:crypto';
import type { Plan, Section, Step } from './plan';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #8888; }
.step { margin: 1.2rem 0; break-inside: avoid; }
.step label { font-weight: 600; }
.step input { width: 1.1em; height: 1.1em; vertical-align: -0.15em; margin-right: 0.4em; }
.why { margin: 0.2rem 0 0.2rem 1.6em; font-style: italic; }
.step ul, .step pre { margin: 0.3rem 0 0.3rem 1.6em; }
pre { padding: 0.6em; background: #8882; white-space: pre-wrap; overflow-wrap: anywhere; }
input:checked + span { text-decoration: line-through; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } pre { border: 1px solid #888; background: none; } a { color: inherit; } }
`;

/** One file that loads nothing and runs nothing; the boxes are for ticking on screen and on paper. */
export function planHtml({ title, facts, sections }: Plan): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<ul>
${facts.map((fact) => `<li>${escaped(fact)}</li>`).join('\n')}
</ul>
<nav><ol>
${sections.map(({ id, title: name }) => `<li><a href="#${escaped(id)}">${escaped(name.replace(/^\d+\. /, ''))}</a></li>`).join('\n')}
</ol></nav>
${sections.map(sectionHtml).join('\n')}
</body>
</html>
`;
}

function sectionHtml({ id, title, steps }: Section): string {
  return `<section id="${escaped(id)}">
<h2>${escaped(title)}</h2>
${steps.map((step) => stepHtml(step, id === 'background')).join('\n')}
</section>`;
}

function stepHtml({ title, why, notes, code }: Step, isReading: boolean): string {
  const heading = isReading
    ? `<strong>${escaped(title)}</strong>`
    : `<label><input type="checkbox"><span>${escaped(title)}</span></label>`;
  const list =
    notes.length === 0 ? '' : `\n<ul>\n${notes.map((note) => `<li>${escaped(note)}</li>`).join('\n')}\n</ul>`;
  const blocks = code.map(({ text }) => `\n<pre><code>${escaped(text)}</code></pre>`).join('');
  return `<div class="step">\n${heading}\n<p class="why">${escaped(why)}</p>${list}${blocks}\n</div>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
