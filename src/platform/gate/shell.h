/* The frame around every page and the parts that pages are put together from: what the templates of this folder need to know.
 *
 * Templates to wrap a page in: shell (staff), public_shell (everybody else, with a quick way out), print_shell (paper).
 * To wrap a form in: form, form_upload, form_live. Fields: field_text and its sisters in fields.html; each shows its label,
 * hint and error, and has the field's name as the id of its first control, so that "#name" always leads to it.
 *
 * Addresses that the templates use and the gate serves:
 *   GET  /assets/HASH/...   one of `assets` (assets.h), to be kept for ever
 *   POST /sign-in           login, password, to; and kept.NAME: the fields of a form that came without a session
 *   POST /sign-in/second    code, or an answer of a passkey; to and kept.NAME as above
 *   POST /prove, /prove/second: the same for who is signed in and does something sensitive
 *   POST /sign-out
 *   POST /language          language ("lv", "en"), to: the path to come back to; ?l=lv on a page for who is not signed in
 *   POST /unlock            csrf, password: 204 when it is the password of whoever is signed in, 422 when it is not,
 *                           401 when the session is over. A wrong password counts as at sign-in.
 * Every form carries the hidden fields csrf (req_csrf) and once (req_once). The script sends the fields of a form unasked
 * to its live and autosave addresses: those must not use up `once`. */
#ifndef AUSMA_PLATFORM_GATE_SHELL_H
#define AUSMA_PLATFORM_GATE_SHELL_H

#include "platform/gate/gate.h"

/* One entry of the main menu, or of the page that gathers what is not everyday work. */
struct nav_item {
    const char *path; /* the entry is marked on all pages for which req_in(r, path) holds */
    enum word label;
    enum capability cap;
    /* A sentence on what it is for: such an entry stands on the page of NAV_MANAGEMENT; W_none: in the menu. */
    enum word hint;
};
#define NAV_MANAGEMENT "/management"
/* The entries that this person may use, in order; none when nobody is signed in. The menu has NAV_MANAGEMENT only for whom
 * shell_management is not empty. */
size_t shell_nav(struct req *r, const struct nav_item **items);
size_t shell_management(struct req *r, const struct nav_item **items);
/* Is this a page of the menu's entry, or of one that is gathered behind it? */
bool shell_nav_here(struct req *r, const struct nav_item *item);

/* What is wrong with the fields, in the order of the page; messages in the person's language, with the field's label where they would
 * fit any field. Known when the page is written: errors are listed on top of it, so the list is put in last, where
 * shell_errors_here was called. */
struct field_error {
    const char *name;
    const char *message;
};
size_t req_errors(struct req *r, const struct field_error **errors);
bool shell_errors_here(struct req *r); /* is anything wrong? */
/* The error of a field, which is shown beside it under this label (W_none: it has none of its own). */
const char *shell_error(struct field f, enum word label);

/* The ids of what describes a control: its hint and what is wrong with it. NULL: neither is there. */
const char *field_described(struct field f, enum word hint);

/* A part ('d', 'm', 'y') of a FIELD_DATE for its own box: what was typed there when the request brought three boxes, however
 * wrong; else the part of the field's ISO value, without leading zeros. "" when there is none. */
const char *date_part(struct field f, char which);

/* The version that a form goes out with (template form_version): the row's current one; when the form comes back for another reason
 * than ERR_STALE, the one it was typed on, so that nobody saves over what they have not seen. */
int64_t shell_version(const struct req *r, int64_t current);

/* A choice that the handler makes: the text is in the person's language, or a name. */
struct choice {
    const char *value;
    const char *label;
    const char *hint; /* NULL: none */
};

/* What a form held when the session was over; name without "kept.". Sign-in carries it through to the form's own page. */
struct kept_field {
    const char *name;
    const char *value;
};
size_t shell_kept(struct req *r, const struct kept_field **kept);
/* On an error page: may the form that came be sent once more with `shell_kept`? And was something of it left out of them? */
bool shell_sent(const struct req *r);
bool shell_left_out(const struct req *r);
/* The page that the kept fields belong to, or that asked for a proof; NULL: none. */
const char *shell_kept_path(const struct req *r);

/* Whole days from today (local) to a full date; negative: late. */
int64_t shell_days_until(const struct req *r, const char *date);

/* Minutes without a key or a touch after which the page covers itself and asks for the password; 0: never. */
unsigned shell_idle_minutes(const struct req *r);

/* Where "leave this page" goes: an ordinary, neutral page ("https://..."). */
const char *shell_exit_address(const struct req *r);

#endif
