#include "hesse/optim/interrupt.hpp"

#include <signal.h>

#include <atomic>
#include <cerrno>
#include <mutex>

namespace hesse {
namespace {

// All that a handler may touch is lock-free and static.
std::atomic<int> interrupts{0};
std::atomic<int> watches{0};
std::atomic<int> told{0};  // watches that are left of those which were there at the last interrupt
static_assert(std::atomic<int>::is_always_lock_free);

std::mutex changing;             // of what follows, by threads that begin and end watches
struct sigaction previous = {};  // does not change while there are watches

extern "C" void note_interrupt(int signal) {
    int none = 0;
    if (watches > 0 && told.compare_exchange_strong(none, watches)) {
        ++interrupts;
        return;
    }
    const int error = errno;
    sigaction(signal, &previous, nullptr);
    raise(signal);  // held back until this handler returns
    errno = error;
}

bool is_ours(const struct sigaction& action) { return action.sa_handler == note_interrupt; }

}  // namespace

InterruptWatch::InterruptWatch() : before_(interrupts) {
    const std::lock_guard lock(changing);
    if (watches++ > 0) return;
    sigaction(SIGINT, nullptr, &previous);
    if (previous.sa_handler == SIG_IGN) return;
    struct sigaction ours = {};
    ours.sa_handler = note_interrupt;
    ours.sa_flags = SA_RESTART;  // a loss that reads a file does not notice
    sigemptyset(&ours.sa_mask);
    sigaction(SIGINT, &ours, nullptr);
}

InterruptWatch::~InterruptWatch() {
    const std::lock_guard lock(changing);
    if (requested() && told > 0) --told;
    if (--watches > 0) return;
    told = 0;
    struct sigaction current = {};
    sigaction(SIGINT, nullptr, &current);
    if (is_ours(current)) sigaction(SIGINT, &previous, nullptr);  // unless somebody else has taken over
}

bool InterruptWatch::requested() const { return interrupts != before_; }

}  // namespace hesse
