/* Errors of the whole program: one enum, one place where each is noted. */
#ifndef AUSMA_BASE_ERR_H
#define AUSMA_BASE_ERR_H

enum err {
    OK = 0,
    ERR_INPUT,      /* what the person sent is wrong; the fields say where */
    ERR_NOT_FOUND,  /* no such thing, or not for this person: the two look alike */
    ERR_DENIED,     /* signed in, but this act is not theirs */
    ERR_SIGNED_OUT, /* no session, or it has ended */
    ERR_UNPROVED,   /* signed in, but who it is must be proved anew before this act */
    ERR_UNENROLLED, /* signed in, but a second factor or a password of one's own is owed before anything else */
    ERR_FORGED,     /* the request does not come from our own page */
    ERR_STALE,      /* somebody changed the record in the meantime */
    ERR_CONFLICT,   /* breaks a rule of the data (already there, still in use) */
    ERR_LIMIT,      /* larger or more than allowed */
    ERR_BUSY,       /* too much at once; trying again later helps */
    ERR_FULL,       /* the disk is full */
    ERR_BROKEN,     /* data is damaged or a key does not open it */
    ERR_IO,         /* reading or writing failed for another reason */
    ERR_COUNT
};

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, args_at) __attribute__((format(printf, format_at, args_at)))

/* Hands an error on to the caller. */
#define TRY(call)                      \
    do {                               \
        enum err try_result_ = (call); \
        if (try_result_ != OK)         \
            return try_result_;        \
    } while (0)

/* The name of an error for logs and tests ("not_found"). Static text. */
const char *err_name(enum err code);

/* Notes the technical detail of an error once, where it arises, as one line on standard error.
 * Never pass anything that came from a client or from a record. Returns `code`. */
enum err err_note(enum err code, const char *format, ...) PRINTF_LIKE(2, 3);

/* For what cannot be: says where and stops the program. */
#define BUG(what) err_bug(__FILE__, __LINE__, (what))
_Noreturn void err_bug(const char *file, int line, const char *what);

#endif
