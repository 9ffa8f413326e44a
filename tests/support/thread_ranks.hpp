#pragma once

#include "hesse/autodiff/sums/communicator.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace hesse::test {

/// Ranks that are threads of this process: they exchange bytes through memory.
class ThreadRanks : public Communicator {
public:
    class Mail {
    public:
        void put(int from, int to, const void* bytes, std::size_t count) {
            const auto* begin = static_cast<const std::byte*>(bytes);
            const std::lock_guard lock(mutex_);
            letters_[{from, to}].emplace_back(begin, begin + count);
            arrived_.notify_all();
        }
        std::vector<std::byte> get(int from, int to) {
            std::unique_lock lock(mutex_);
            auto& waiting = letters_[{from, to}];
            arrived_.wait(lock, [&] { return !waiting.empty(); });
            auto letter = std::move(waiting.front());
            waiting.pop_front();
            return letter;
        }

    private:
        std::mutex mutex_;
        std::condition_variable arrived_;
        std::map<std::pair<int, int>, std::deque<std::vector<std::byte>>> letters_;
    };

    ThreadRanks(std::shared_ptr<Mail> mail, int rank, int size)
        : mail_(std::move(mail)), rank_(rank), size_(size) {}

    [[nodiscard]] int rank() const override { return rank_; }
    [[nodiscard]] int size() const override { return size_; }

protected:
    void exchange(int partner, const void* out, std::size_t out_bytes, void* in,
                  std::size_t in_bytes) override {
        if (out_bytes > 0) mail_->put(rank_, partner, out, out_bytes);
        if (in_bytes == 0) return;
        const auto letter = mail_->get(partner, rank_);
        if (letter.size() != in_bytes)
            throw std::runtime_error("expected " + std::to_string(in_bytes) + " bytes, not " +
                                     std::to_string(letter.size()));
        std::memcpy(in, letter.data(), in_bytes);
    }

private:
    std::shared_ptr<Mail> mail_;
    int rank_, size_;
};

/// Runs work(ranks) on each of `size` ranks and waits for all; the first exception of one passes through.
template <class Work>
void on_ranks(int size, const Work& work) {
    const auto mail = std::make_shared<ThreadRanks::Mail>();
    std::vector<std::exception_ptr> failures(static_cast<std::size_t>(size));
    std::vector<std::thread> threads;
    for (int rank = 0; rank < size; ++rank)
        threads.emplace_back([&, rank] {
            const auto ranks = std::make_shared<ThreadRanks>(mail, rank, size);
            try {
                if constexpr (std::is_invocable_v<const Work&, std::shared_ptr<Communicator>>) work(ranks);
                else work(*ranks);
            } catch (...) {
                failures[static_cast<std::size_t>(rank)] = std::current_exception();
            }
        });
    for (std::thread& thread : threads) thread.join();
    for (const auto& failure : failures)
        if (failure) std::rethrow_exception(failure);
}

}  // namespace hesse::test
