#include "platform/http/internal.h"

#include <arpa/inet.h>
#include <string.h>

/* One address is written in one way: an IPv4 address that came as IPv6 is an IPv4 address. */
static bool peer_write(int family, const void *bits, char *out, size_t size)
{
    if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)bits))
        return inet_ntop(AF_INET, (const uint8_t *)bits + 12, out, (socklen_t)size) != NULL;
    return inet_ntop(family, bits, out, (socklen_t)size) != NULL;
}

static void peer_of_socket(const struct sockaddr *address, char *out, size_t size)
{
    const void *bits = NULL;
    if (address->sa_family == AF_INET)
        bits = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    else if (address->sa_family == AF_INET6)
        bits = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (bits == NULL || !peer_write(address->sa_family, bits, out, size))
        out[0] = '\0';
}

static enum MHD_Result keep_last(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    const char **last = cls;
    if (value != NULL && strcasecmp(name, "X-Forwarded-For") == 0)
        *last = value;
    return MHD_YES;
}

/* The last entry is the one our own proxy added; all before it is the client's word. */
static bool peer_of_proxy(struct MHD_Connection *library, char *out, size_t size)
{
    const char *list = NULL;
    (void)MHD_get_connection_values(library, MHD_HEADER_KIND, keep_last, &list);
    if (list == NULL)
        return false;
    const char *comma = strrchr(list, ',');
    const char *entry = comma == NULL ? list : comma + 1;
    entry += strspn(entry, " \t");
    size_t len = strcspn(entry, " \t");
    char text[INET6_ADDRSTRLEN];
    if (len >= sizeof text)
        return false;
    memcpy(text, entry, len);
    text[len] = '\0';
    struct in6_addr bits;
    int family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
    return inet_pton(family, text, &bits) == 1 && peer_write(family, &bits, out, size);
}

void peer_find(struct http_request *request, struct MHD_Connection *library, bool trust_proxy)
{
    if (trust_proxy && peer_of_proxy(library, request->peer, sizeof request->peer))
        return;
    peer_of_socket(MHD_get_connection_info(library, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, request->peer,
                   sizeof request->peer);
}
