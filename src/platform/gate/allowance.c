#include "platform/gate/allowance.h"

#include "platform/seal/seal.h"

#include <arpa/inet.h>
#include <string.h>

static size_t place_of(const struct allowance *table, const char *address)
{
    enum { NETWORK_BYTES = 8 };
    struct in6_addr six;
    uint64_t hash = 0;
    uint8_t digest[SEAL_HASH_SIZE];
    bool wide = inet_pton(AF_INET6, address, &six) == 1 && !IN6_IS_ADDR_V4MAPPED(&six);
    const void *what = wide ? (const void *)&six : address;
    size_t len = wide ? NETWORK_BYTES : strlen(address);
    seal_hash(&table->key, what, len, digest);
    memcpy(&hash, digest, sizeof hash);
    return (size_t)(hash % ALLOWANCE_PLACES);
}

bool allowance_take(struct allowance *table, const char *address, int64_t now)
{
    pthread_mutex_lock(&table->lock);
    if (!table->keyed)
        seal_key_new(&table->key);
    table->keyed = true;
    int64_t *paid = &table->paid[place_of(table, address)];
    int64_t most = now + table->burst * table->every_ms; /* more than that, and the clock was set back */
    int64_t from = *paid > now && *paid <= most ? *paid : now;
    bool there = from - now <= (table->burst - 1) * table->every_ms;
    if (there)
        *paid = from + table->every_ms;
    pthread_mutex_unlock(&table->lock);
    return there;
}
