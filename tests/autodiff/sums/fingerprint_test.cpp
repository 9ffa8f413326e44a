#include "hesse/autodiff/sums/fingerprint.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

using hesse::Fingerprint;

namespace {

std::vector<unsigned char> some_bytes(std::size_t count, unsigned seed) {
    std::mt19937 generator(seed);
    std::vector<unsigned char> bytes(count);
    for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(generator());
    return bytes;
}

/// Whether ranks with these fingerprints find that all are the same, by the sums of what they write.
template <class T>
bool same(const std::vector<Fingerprint>& ranks) {
    T sums[Fingerprint::numbers<T>] = {};
    for (const Fingerprint& rank : ranks) {
        T written[Fingerprint::numbers<T>];
        rank.write(written);
        for (std::size_t k = 0; k < Fingerprint::numbers<T>; ++k) sums[k] += written[k];
    }
    return Fingerprint::same(sums, static_cast<int>(ranks.size()));
}

/// How many of 1000 different fingerprints of one rank among `size` are taken for that of the others.
template <class T>
int unseen(std::size_t size) {
    int count = 0;
    for (unsigned k = 0; k < 1000; ++k) {
        const auto usual = some_bytes(24, k), other = some_bytes(24, k + 1000);
        std::vector<Fingerprint> ranks(size, Fingerprint(usual.data(), usual.size()));
        ranks[k % size] = Fingerprint(other.data(), other.size());
        count += same<T>(ranks) ? 1 : 0;
    }
    return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fingerprint)

BOOST_AUTO_TEST_CASE(no_byte_is_overlooked_and_no_length) {
    for (const std::size_t count : {1u, 7u, 8u, 9u, 63u, 64u, 65u, 200u}) {
        auto bytes = some_bytes(count, 1);
        std::set<std::uint64_t> hashes{Fingerprint(bytes.data(), count).hash()};
        for (unsigned char& byte : bytes) {
            byte ^= 1;
            hashes.insert(Fingerprint(bytes.data(), count).hash());
            byte ^= 1;
        }
        BOOST_TEST(hashes.size() == count + 1);
        BOOST_TEST(Fingerprint(bytes.data(), count).hash() != Fingerprint(bytes.data(), count - 1).hash());
    }
    const std::vector<double> zeros(10, 0.0);
    BOOST_TEST(Fingerprint(zeros.data(), 72).hash() != Fingerprint(zeros.data(), 80).hash());
}

BOOST_AUTO_TEST_CASE(what_is_added_later_counts_in_its_order) {
    const int first = 1, second = 2;
    Fingerprint forwards, backwards, again;
    for (Fingerprint* each : {&forwards, &again}) {
        each->add(&first, sizeof first);
        each->add(&second, sizeof second);
    }
    backwards.add(&second, sizeof second);
    backwards.add(&first, sizeof first);
    BOOST_TEST(forwards.hash() == again.hash());
    BOOST_TEST(forwards.hash() != backwards.hash());
}

BOOST_AUTO_TEST_CASE(ranks_with_the_same_are_never_told_apart) {
    for (unsigned k = 0; k < 200; ++k) {
        const auto bytes = some_bytes(16, k);
        const Fingerprint one(bytes.data(), bytes.size());
        for (const std::size_t size : {1u, 2u, 3u, 7u, 256u}) {
            BOOST_TEST(same<double>(std::vector(size, one)));
            BOOST_TEST(same<float>(std::vector(size, one)));
        }
        BOOST_TEST(same<double>(std::vector(4096, one)));
    }
}

BOOST_AUTO_TEST_CASE(one_rank_with_another_is_found_out_but_by_chance) {
    // A double carries 14 bits of it, floats 4 in each of 4: a chance in 16,384, or in 65,536.
    for (const std::size_t size : {2u, 3u, 8u, 200u}) {
        BOOST_TEST(unseen<double>(size) <= 2);
        BOOST_TEST(unseen<float>(size) <= 2);
    }
    BOOST_TEST(unseen<double>(4096) <= 2);
}

BOOST_AUTO_TEST_CASE(more_ranks_than_their_sums_are_exact_for_are_taken_for_the_same) {
    BOOST_TEST(unseen<float>(257) == 1000);
    BOOST_TEST(unseen<double>(4097) == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
