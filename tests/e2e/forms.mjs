// Our own pages as data: forms and links out of HTML that htmlc has made, where every attribute stands in double quotes.
const ID = /\/[0-9a-hjkmnp-tv-z]{13}(?=\/|$|\?)/g;
// One page stands for all of its kind: ids are taken out, and what only filters or leafs is left out.
export const kind = (path) => path.replace(ID, '/ID').replace(/[?#].*/, '');

const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
export const plain = (text) => text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name) => NAMED[name]);

function attributes(tag) {
  const found = {};
  for (const [, name, , value] of tag.replace(/^<\w+/, '').matchAll(/([\w.-]+)(="([^"]*)")?/g)) found[name] = plain(value ?? '');
  return found;
}

const TAGS = /<(input|button)\b((?:[^>"]|"[^"]*")*)>|<textarea\b((?:[^>"]|"[^"]*")*)>([\s\S]*?)<\/textarea>|<select\b((?:[^>"]|"[^"]*")*)>([\s\S]*?)<\/select>/g;

// { name, type, value, options?, checked? } for each control with a name.
function controls(html) {
  const found = [];
  for (const [, tag, own, area, text, select, options] of html.matchAll(TAGS)) {
    if (area !== undefined) {
      found.push({ ...attributes(area), type: 'textarea', value: plain(text).replace(/^\n/, '') });
    } else if (select !== undefined) {
      const all = [...options.matchAll(/<option((?:[^>"]|"[^"]*")*)>/g)].map(([, option]) => attributes(option));
      const values = all.map(({ value }) => value);
      found.push({ ...attributes(select), type: 'select', options: values, value: all.find((one) => 'selected' in one)?.value ?? values[0] ?? '' });
    } else {
      const { type = tag === 'button' ? 'submit' : 'text', value = '', ...rest } = attributes(own);
      found.push({ ...rest, type, value, checked: 'checked' in rest });
    }
  }
  return found.filter(({ name, type }) => name && type !== 'reset');
}

// The forms of a page: { action, method, upload, fields, buttons }. `path` is the page's own.
export function formsOf(html, path) {
  return [...html.matchAll(/<form\b((?:[^>"]|"[^"]*")*)>([\s\S]*?)<\/form>/g)].map(([, tag, body]) => {
    const { action, method = 'get', enctype } = attributes(tag);
    const all = controls(body);
    return { action: action || path, method, upload: enctype === 'multipart/form-data',
      fields: all.filter(({ type }) => type !== 'submit'), buttons: all.filter(({ type }) => type === 'submit') };
  });
}

export function linksOf(html, path) {
  return [...html.matchAll(/<a\b((?:[^>"]|"[^"]*")*)>/g)].map(([, tag]) => attributes(tag))
    .filter(({ href, ...rest }) => href && /^[/?]/.test(href) && !('download' in rest) && !href.startsWith('/assets/'))
    .map(({ href }) => (href.startsWith('?') ? path.replace(/\?.*/, '') + href : href).replace(/#.*/, ''));
}
