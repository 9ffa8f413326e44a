#pragma once

#include "hesse/autodiff/sums/communicator.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
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
        struct Letter {
            std::uint64_t mark;
            std::vector<std::byte> bytes;
        };
        void put(int from, int to, std::uint64_t mark, const void* bytes, std::size_t count) {
            const auto* begin = static_cast<const std::byte*>(bytes);
            const std::lock_guard lock(mutex_);
            letters_[{from, to}].push_back({mark, {begin, begin + count}});
            arrived_.notify_all();
        }
        /// Throws if `from` has left and nothing of it is waiting any more.
        Letter get(int from, int to) {
            std::unique_lock lock(mutex_);
            auto& waiting = letters_[{from, to}];
            arrived_.wait(lock, [&] { return left_.contains(from) || !waiting.empty(); });
            if (waiting.empty()) throw std::runtime_error("the ranks have gone apart");
            Letter letter = std::move(waiting.front());
            waiting.pop_front();
            return letter;
        }
        /// `rank` will send nothing more.
        void leave(int rank) {
            const std::lock_guard lock(mutex_);
            left_.insert(rank);
            arrived_.notify_all();
        }

    private:
        std::mutex mutex_;
        std::condition_variable arrived_;
        std::map<std::pair<int, int>, std::deque<Letter>> letters_;
        std::set<int> left_;
    };

    ThreadRanks(std::shared_ptr<Mail> mail, int rank, int size)
        : mail_(std::move(mail)), rank_(rank), size_(size) {}

    [[nodiscard]] int rank() const override { return rank_; }
    [[nodiscard]] int size() const override { return size_; }

protected:
    void exchange(int partner, std::uint64_t mark, const void* out, std::size_t out_bytes, void* in,
                  std::size_t in_bytes) override {
        if (left_) throw std::runtime_error(apart(partner));
        try {
            mail_->put(rank_, partner, mark, out, out_bytes);
            const auto letter = mail_->get(partner, rank_);
            if (letter.mark != mark || letter.bytes.size() != in_bytes)
                throw std::runtime_error(apart(partner));
            std::copy(letter.bytes.begin(), letter.bytes.end(), static_cast<std::byte*>(in));
        } catch (...) {  // Nothing that it could still say is to be trusted.
            left_ = true;
            mail_->leave(rank_);
            throw;
        }
    }

private:
    std::shared_ptr<Mail> mail_;
    int rank_, size_;
    bool left_ = false;
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
            mail->leave(rank);
        });
    for (std::thread& thread : threads) thread.join();
    for (const auto& failure : failures)
        if (failure) std::rethrow_exception(failure);
}

}  // namespace hesse::test
