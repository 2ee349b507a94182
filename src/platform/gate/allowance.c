#include "platform/gate/allowance.h"

#include "platform/seal/seal.h"

#include <arpa/inet.h>
#include <string.h>

/* One place of the table, and what it allows. */
struct share {
    int64_t *paid, burst, every_ms;
};

static struct share share_of(struct allowance *table, const void *what, size_t len, int64_t times)
{
    uint64_t hash = 0;
    uint8_t digest[SEAL_HASH_SIZE];
    seal_hash(&table->key, what, len, digest);
    memcpy(&hash, digest, sizeof hash);
    return (struct share){&table->paid[hash % ALLOWANCE_PLACES], table->burst * times, table->every_ms / times};
}

/* Up to when it is paid for once `count` more are taken; -1: there are not so many. */
static int64_t paid_after(const struct share *share, int64_t count, int64_t now)
{
    int64_t most = now + share->burst * share->every_ms; /* more than that, and the clock was set back */
    int64_t from = *share->paid > now && *share->paid <= most ? *share->paid : now;
    int64_t after = from + count * share->every_ms;
    return after <= most ? after : -1;
}

/* An IPv6 address has a share with its network (64 bits), and a larger one with the site that its network is of (48 bits): whoever has one network
 * often has the 65,536 of the site. */
static size_t shares_of(struct allowance *table, const char *who, struct share out[2])
{
    enum { NETWORK = 8, SITE = 6, NETWORKS = 8 };
    struct in6_addr six;
    bool wide = inet_pton(AF_INET6, who, &six) == 1 && !IN6_IS_ADDR_V4MAPPED(&six);
    if (!wide) {
        out[0] = share_of(table, who, strlen(who), 1);
        return 1;
    }
    out[0] = share_of(table, &six, NETWORK, 1);
    out[1] = share_of(table, &six, SITE, NETWORKS);
    return 2;
}

bool allowance_take(struct allowance *table, const char *who, int64_t count, int64_t now)
{
    struct share shares[2];
    int64_t after[2];
    bool there = true;
    pthread_mutex_lock(&table->lock);
    if (!table->keyed)
        seal_key_new(&table->key);
    table->keyed = true;
    size_t share_count = shares_of(table, who, shares);
    for (size_t i = 0; i < share_count; i++) {
        after[i] = paid_after(&shares[i], count, now);
        there = there && after[i] >= 0;
    }
    for (size_t i = 0; there && i < share_count; i++)
        *shares[i].paid = after[i];
    pthread_mutex_unlock(&table->lock);
    return there;
}
