#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Exchanges two paths of one file system in one step (Linux 3.15, RENAME_EXCHANGE); 0, or -1 with errno.
// glibc declares renameat2 only with _GNU_SOURCE, which Swift's importer does not define.
static inline int linux_exchange(const char *first, const char *second) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, first, AT_FDCWD, second, 2u);
}
