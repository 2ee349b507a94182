#include "case/trained/trained.h"

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "case/trained/queries.h"
#include "case/trained/views.h"

#include <string.h>

struct seal_place trained_evidence_place(int64_t id)
{
    return (struct seal_place){.table = "trained_record", .column = "evidence", .row = id};
}

enum trained_state trained_state(struct arena *arena, const char *valid_until, const char *today)
{
    if (strcmp(valid_until, today) < 0)
        return TRAINED_OVER;
    return strcmp(valid_until, date_add(arena, today, TRAINED_WARN_DAYS)) <= 0 ? TRAINED_SOON : TRAINED_VALID;
}

static enum err valid_of(struct req *r, int64_t account, struct trained_record **out, size_t *count)
{
    struct trained_valid_of_row *rows;
    const char *today = time_date(r->arena, r->now);
    TRY(trained_valid_of(r->db, r->arena, &(struct trained_valid_of_in){.org = r->org, .account = account}, &rows,
                         count));
    struct trained_record *list = ARENA_ARRAY(r->arena, struct trained_record, *count);
    for (size_t i = 0; i < *count; i++)
        list[i] = (struct trained_record){rows[i].training, rows[i].valid_until,
                                          trained_state(r->arena, rows[i].valid_until, today)};
    *out = list;
    return OK;
}

enum err trained_lacks(struct req *r, int64_t account, const char *act, const char **training)
{
    const char *wanted = pack_act_training(act);
    struct trained_record *list;
    size_t count;
    *training = NULL;
    if (wanted == NULL)
        return OK;
    TRY(valid_of(r, account, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (text_same(list[i].training, wanted) && list[i].state != TRAINED_OVER)
            return OK;
    }
    *training = wanted;
    return OK;
}

const char *trained_refusal(struct req *r, const char *training, bool own)
{
    return word_filled(r->arena, r->language, own ? W_trained_lacks_own : W_trained_lacks_colleague, "training",
                       word_code(r->language, PACK_TRAINING, training), (const char *)NULL);
}

enum err trained_ending(struct req *r, struct trained_record **out, size_t *count)
{
    size_t all;
    size_t kept = 0;
    TRY(valid_of(r, r->who->account, out, &all));
    for (size_t i = 0; i < all; i++) {
        if ((*out)[i].state != TRAINED_VALID)
            (*out)[kept++] = (*out)[i];
    }
    *count = kept;
    return OK;
}

enum err trained_add(struct db *db, struct arena *arena, const struct seal_key *directory,
                     const struct trained_new *training)
{
    int64_t id = id_new();
    struct bytes evidence = {0};
    if (!text_empty(training->evidence))
        evidence = seal_text(arena, directory, trained_evidence_place(id), training->evidence);
    return trained_record_add(db, &(struct trained_record_add_in){.org = training->org,
                                                                  .account = training->account,
                                                                  .id = id,
                                                                  .training = training->training,
                                                                  .done_on = training->done_on,
                                                                  .valid_until = training->valid_until,
                                                                  .evidence = evidence,
                                                                  .by = training->by,
                                                                  .at = training->at});
}
