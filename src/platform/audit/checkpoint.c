#include "platform/audit/checkpoint.h"

#include "base/text.h"
#include "platform/audit/internal.h"
#include "platform/seal/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { BATCH = 4096 };

/* ---- the signer ---- */

static enum err signer_make(int file, struct audit_signer *out)
{
    struct audit_signer signer;
    (void)crypto_sign_keypair(signer.public_half, signer.secret);
    if (write(file, signer.secret, sizeof signer.secret) != (ssize_t)sizeof signer.secret || fsync(file) != 0)
        return err_note(ERR_IO, "audit: the signing key cannot be kept (%d)", errno);
    *out = signer;
    sodium_memzero(&signer, sizeof signer);
    return OK;
}

/* An empty file is one that nobody has signed with yet. */
static enum err signer_read(int file, struct audit_signer *out)
{
    struct audit_signer signer;
    ssize_t got = read(file, signer.secret, sizeof signer.secret);
    if (got == 0)
        return signer_make(file, out);
    if (got != (ssize_t)sizeof signer.secret)
        return err_note(ERR_BROKEN, "audit: the signing key's file is not whole");
    (void)crypto_sign_ed25519_sk_to_pk(signer.public_half, signer.secret);
    *out = signer;
    sodium_memzero(&signer, sizeof signer);
    return OK;
}

/* Two processes may start on one folder for the first time: the second waits until the first has made the key. */
enum err audit_signer_open(const char *path, struct audit_signer *out)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || flock(file, LOCK_EX) != 0) {
        if (file >= 0)
            (void)close(file);
        return err_note(ERR_IO, "audit: the signing key's file cannot be opened (%d)", errno);
    }
    enum err result = signer_read(file, out);
    (void)close(file);
    return result;
}

static enum err signer_known(struct db *db, struct arena *arena, int64_t org, int64_t now,
                             const struct audit_signer *signer)
{
    struct audit_signer_get_row row;
    struct bytes public_half = {signer->public_half, sizeof signer->public_half};
    enum err found = audit_signer_get(db, arena, &(struct audit_signer_get_in){.org = org, .public = public_half},
                                      &row);
    if (found != ERR_NOT_FOUND)
        return found;
    TRY(audit_signer_add(db, &(struct audit_signer_add_in){.org = org, .public = public_half, .added_at = now}));
    return audit_add(db, &(struct audit){.org = org, .at = now, .act = "signer.add"});
}

/* ---- as text ---- */

static char *signed_text(struct arena *arena, const struct audit_checkpoint *checkpoint)
{
    return arena_format(arena, "ausma checkpoint 1\n%lld\n%lld\n%lld\n%s\n%s\n", (long long)checkpoint->org,
                        (long long)checkpoint->number, (long long)checkpoint->at,
                        seal_hex(arena, checkpoint->hash, sizeof checkpoint->hash),
                        seal_hex(arena, checkpoint->root, sizeof checkpoint->root));
}

char *audit_checkpoint_text(struct arena *arena, const struct audit_checkpoint *checkpoint)
{
    return arena_format(arena, "%s%s\n%s\n", signed_text(arena, checkpoint),
                        seal_hex(arena, checkpoint->public_half, sizeof checkpoint->public_half),
                        seal_hex(arena, checkpoint->signature, sizeof checkpoint->signature));
}

bool audit_checkpoint_signed(const struct audit_checkpoint *checkpoint)
{
    struct arena *arena = arena_new(4096);
    const char *text = signed_text(arena, checkpoint);
    bool right = crypto_sign_verify_detached(checkpoint->signature, (const uint8_t *)text, strlen(text),
                                             checkpoint->public_half) == 0;
    arena_free(arena);
    return right;
}

static bool take_hex(const char *line, uint8_t *out, size_t size)
{
    return strlen(line) == 2 * size && seal_hex_read(&line, out, size);
}

enum err audit_checkpoint_read(struct arena *arena, const char *text, struct audit_checkpoint *out)
{
    enum { LINES = 8 };
    const char *lines[LINES];
    struct audit_checkpoint checkpoint;
    for (size_t i = 0; i < LINES; i++) {
        size_t len = strcspn(text, "\r\n");
        lines[i] = arena_text_n(arena, text, len);
        text += len;
        text += *text == '\r';
        text += *text == '\n';
    }
    bool right = text_same(lines[0], "ausma checkpoint 1") && text_to_int(lines[1], &checkpoint.org) &&
                 text_to_int(lines[2], &checkpoint.number) && text_to_int(lines[3], &checkpoint.at) &&
                 take_hex(lines[4], checkpoint.hash, sizeof checkpoint.hash) &&
                 take_hex(lines[5], checkpoint.root, sizeof checkpoint.root) &&
                 take_hex(lines[6], checkpoint.public_half, sizeof checkpoint.public_half) &&
                 take_hex(lines[7], checkpoint.signature, sizeof checkpoint.signature) && checkpoint.number > 0 &&
                 text[strspn(text, "\r\n ")] == '\0';
    if (!right || !audit_checkpoint_signed(&checkpoint))
        return ERR_INPUT;
    *out = checkpoint;
    return OK;
}

/* ---- making ---- */

struct growing {
    int64_t org;
    int64_t last; /* the entry taken last */
    int64_t to;   /* not further than this */
    struct merkle tree;
    size_t taken;
};

static enum err grow_entry(void *data, const struct audit_entry_after_row *row)
{
    struct growing *growing = data;
    uint8_t digest[AUDIT_HASH_SIZE];
    if (row->number > growing->to)
        return OK;
    audit_entry_digest(growing->org, row, digest);
    if (row->case_hash.ptr != NULL && row->case_hash.len != AUDIT_HASH_SIZE)
        return err_note(ERR_BROKEN, "audit: a hash of the wrong size");
    merkle_add(&growing->tree, row->case_hash.ptr != NULL ? row->case_hash.ptr : digest);
    growing->last = row->number;
    growing->taken++;
    return OK;
}

/* Takes in the entries behind `last` up to `to`. */
static enum err grow(struct db *db, struct arena *arena, struct growing *growing)
{
    while (growing->last < growing->to) {
        growing->taken = 0;
        TRY(audit_entry_after(
            db, arena, &(struct audit_entry_after_in){.org = growing->org, .after = growing->last, .limit = BATCH},
            grow_entry, growing));
        if (growing->taken == 0)
            return err_note(ERR_BROKEN, "audit: entries are missing");
    }
    return OK;
}

static bool tree_take(struct merkle *tree, int64_t count, struct bytes frontier)
{
    size_t depth = (size_t)__builtin_popcountll((unsigned long long)count);
    if (frontier.len != depth * AUDIT_HASH_SIZE || depth > MERKLE_DEPTH)
        return false;
    *tree = (struct merkle){.count = count, .depth = depth};
    memcpy(tree->roots, frontier.ptr, frontier.len);
    return true;
}

static bool checkpoint_take(struct audit_checkpoint *out, int64_t org, const struct audit_checkpoint_before_row *row)
{
    if (row->hash.len != AUDIT_HASH_SIZE || row->root.len != AUDIT_HASH_SIZE || row->public.len != AUDIT_HASH_SIZE ||
        row->signature.len != AUDIT_SIGNATURE_SIZE)
        return false;
    *out = (struct audit_checkpoint){.org = org, .number = row->number, .at = row->at};
    memcpy(out->hash, row->hash.ptr, AUDIT_HASH_SIZE);
    memcpy(out->root, row->root.ptr, AUDIT_HASH_SIZE);
    memcpy(out->public_half, row->public.ptr, AUDIT_HASH_SIZE);
    memcpy(out->signature, row->signature.ptr, AUDIT_SIGNATURE_SIZE);
    return true;
}

enum err audit_checkpoint_find(struct db *db, struct arena *arena, int64_t org, int64_t most,
                               struct audit_checkpoint *out)
{
    struct audit_checkpoint_before_row row;
    TRY(audit_checkpoint_before(db, arena, &(struct audit_checkpoint_before_in){.org = org, .most = most}, &row));
    return checkpoint_take(out, org, &row) ? OK : err_note(ERR_BROKEN, "audit: a checkpoint is damaged");
}

static enum err sign(struct arena *arena, const struct audit_signer *signer, struct audit_checkpoint *checkpoint)
{
    memcpy(checkpoint->public_half, signer->public_half, sizeof checkpoint->public_half);
    const char *text = signed_text(arena, checkpoint);
    return crypto_sign_detached(checkpoint->signature, NULL, (const uint8_t *)text, strlen(text), signer->secret) == 0
               ? OK
               : ERR_BROKEN;
}

static enum err keep(struct db *db, const struct audit_checkpoint *checkpoint, const struct merkle *tree)
{
    return audit_checkpoint_add(
        db, &(struct audit_checkpoint_add_in){.org = checkpoint->org,
                                              .number = checkpoint->number,
                                              .at = checkpoint->at,
                                              .hash = {checkpoint->hash, AUDIT_HASH_SIZE},
                                              .root = {checkpoint->root, AUDIT_HASH_SIZE},
                                              .frontier = {tree->roots[0], tree->depth * AUDIT_HASH_SIZE},
                                              .public = {checkpoint->public_half, AUDIT_HASH_SIZE},
                                              .signature = {checkpoint->signature, AUDIT_SIGNATURE_SIZE}});
}

enum err audit_checkpoint_make(struct db *db, struct arena *arena, int64_t org, int64_t now,
                               const struct audit_signer *signer, struct audit_checkpoint *out)
{
    struct audit_head_get_row head;
    struct audit_checkpoint_before_row before;
    struct growing growing = {.org = org};
    TRY(signer_known(db, arena, org, now, signer));
    TRY(audit_head_get(db, arena, &(struct audit_head_get_in){.org = org}, &head));
    enum err found = audit_checkpoint_before(
        db, arena, &(struct audit_checkpoint_before_in){.org = org, .most = head.number}, &before);
    if (found == OK && before.number == head.number)
        return checkpoint_take(out, org, &before) ? OK : ERR_BROKEN;
    if (found != OK && found != ERR_NOT_FOUND)
        return found;
    if (found == OK && tree_take(&growing.tree, before.number, before.frontier))
        growing.last = before.number;
    growing.to = head.number;
    TRY(grow(db, arena, &growing));
    struct audit_checkpoint checkpoint = {.org = org, .number = head.number, .at = now};
    if (head.hash.len != AUDIT_HASH_SIZE)
        return ERR_BROKEN;
    memcpy(checkpoint.hash, head.hash.ptr, AUDIT_HASH_SIZE);
    merkle_root(&growing.tree, checkpoint.root);
    TRY(sign(arena, signer, &checkpoint));
    TRY(keep(db, &checkpoint, &growing.tree));
    *out = checkpoint;
    return OK;
}

/* ---- proving that an entry stands under one ---- */

enum err audit_path(struct db *db, struct arena *arena, const struct audit_checkpoint *checkpoint, int64_t number,
                    struct audit_step **out, size_t *count)
{
    struct merkle_range ranges[MERKLE_DEPTH];
    if (number < 1 || number > checkpoint->number)
        return ERR_NOT_FOUND;
    size_t steps = merkle_path(number - 1, checkpoint->number, ranges);
    struct audit_step *path = ARENA_ARRAY(arena, struct audit_step, steps);
    for (size_t i = 0; i < steps; i++) {
        struct growing growing = {.org = checkpoint->org, .last = ranges[i].from, .to = ranges[i].to};
        TRY(grow(db, arena, &growing));
        merkle_root(&growing.tree, path[i].hash);
        path[i].left = ranges[i].left;
    }
    *out = path;
    *count = steps;
    return OK;
}
