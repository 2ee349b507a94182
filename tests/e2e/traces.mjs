// What a run of the browser leaves behind: every value that was typed, and every place outside of a page's own text where one could show.
const SECRET = /^(csrf|once|password|old|new|again|code|answer-code)$/;
// Codes, ids, dates, logins and numbers are facts in the clear; what has a capital, a blank between words or a letter beyond ASCII tells about somebody.
const TELLS = /\p{Lu}|[^\x00-\x7f]|\p{L}{2,}\s+\p{L}{2,}/u;
const PATIENCE = 20000; // ms
const PHONE = /^\+?\d[\d ]{6,}$/;

export function fieldsOf(body, type = '') {
  if (!body) return [];
  if (type.startsWith('application/x-www-form-urlencoded')) return [...new URLSearchParams(body)];
  return [...body.matchAll(/name="([^"]*)"(?:; filename="[^"]*")?\r\n(?:[^\r\n]+\r\n)*\r\n([\s\S]*?)\r\n--/g)]
    .filter(([all]) => !all.includes('filename=')).map(([, name, value]) => [name, value]);
}

// Attributes and head of a page that stay behind in histories, in logs and on screens of others.
function outsides(html) {
  const found = [...html.matchAll(/<title>([^<]*)</g)].map(([, title]) => ['title', title]);
  for (const [, name, value] of html.matchAll(/\s(href|action|formaction|src|download)="([^"]*)"/g)) found.push([name, value]);
  // A number that is dialled with a touch is an address for the telephone alone: nothing is asked for there.
  return found.filter(([, text]) => !text.startsWith('tel:')).map(([kind, text]) => [kind, text.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"')]);
}

export class Traces {
  typed = new Set();
  places = []; // [what, text]
  waiting = new Set(); // pages that are being read
  unread = 0;

  watch(context) {
    context.on('request', (request) => {
      this.places.push(['address', request.url()], ['referrer', request.headers().referer ?? '']);
      // Text that holds no valid UTF-8 comes as null: nothing to look for.
      for (const [name, value] of fieldsOf(request.postData(), request.headers()['content-type'])) this.note(name, value);
    });
    context.on('response', (response) => {
      const reading = this.read(response).catch(() => {}).finally(() => this.waiting.delete(reading));
      this.waiting.add(reading);
    });
  }

  note(name, value) {
    const plain = value.trim();
    if (!SECRET.test(name.replace(/^kept\./, '')) && plain.length >= 4 && (TELLS.test(plain) || PHONE.test(plain))) this.typed.add(plain);
  }

  async read(response) {
    const headers = await response.headersArray();
    for (const { name, value } of headers) this.places.push([`header ${name}`, value]);
    if (!/text\/html/.test(response.headers()['content-type'] ?? '')) return;
    this.places.push(...outsides(await response.text()));
  }

  // A place where one of the words stands, in the clear or as an address writes it.
  async shown(words) {
    // A browser may never bring the text of a page that was left before it had come: how many went unread is counted, not waited for.
    let timer;
    await Promise.race([Promise.all(this.waiting), new Promise((resolve) => { timer = setTimeout(resolve, PATIENCE); })]);
    clearTimeout(timer);
    this.unread += this.waiting.size;
    this.waiting.clear();
    const forms = [...words].flatMap((word) => [word, encodeURIComponent(word), encodeURIComponent(word).replaceAll('%20', '+')]);
    return this.places.filter(([, text]) => forms.some((form) => text.includes(form)));
  }
}

// A long text lies in pieces where a page of the database ends: any piece of it would give it away.
export function pieces(value) {
  const words = [];
  for (let at = 0; at === 0 || at + 24 <= value.length; at += 24) words.push(value.slice(at, at + 24));
  return words;
}
