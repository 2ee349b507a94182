#include "platform/http/internal.h"

#include <arpa/inet.h>
#include <string.h>

static void peer_of_socket(const struct sockaddr *address, char *out, size_t size)
{
    const void *bits = NULL;
    int family = address->sa_family;
    if (family == AF_INET) {
        bits = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    } else if (family == AF_INET6) {
        const struct in6_addr *wide = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        bits = wide;
        if (IN6_IS_ADDR_V4MAPPED(wide)) {
            family = AF_INET;
            bits = &wide->s6_addr[12];
        }
    }
    if (bits == NULL || inet_ntop(family, bits, out, (socklen_t)size) == NULL)
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
    return inet_pton(family, text, &bits) == 1 && inet_ntop(family, &bits, out, (socklen_t)size) != NULL;
}

void peer_find(struct http_request *request, struct MHD_Connection *library, bool trust_proxy)
{
    if (trust_proxy && peer_of_proxy(library, request->peer, sizeof request->peer))
        return;
    peer_of_socket(MHD_get_connection_info(library, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, request->peer,
                   sizeof request->peer);
}
