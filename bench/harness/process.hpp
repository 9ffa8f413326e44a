#pragma once

namespace hesse::bench {

/// Makes sure that the BLAS computes on one thread. A BLAS reads its number of threads while it is loaded, so
/// where the environment does not say one yet, it is set and the program starts once more.
void compute_on_one_thread(char** arguments);

/// Keeps the process on one core from here on, the last one it may use. Returns its number, or -1 if the
/// system does not allow it.
int pin_to_one_core();

/// Gives the process all cores again that it had, for what measures threads.
void use_all_cores();

}  // namespace hesse::bench
