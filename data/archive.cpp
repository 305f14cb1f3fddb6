#include <memory>

#include <archive.h>
#include <archive_entry.h>

#include <keel/core/error.h>
#include <keel/data/archive.h>

namespace keel {

void visit_archive(
    const std::filesystem::path& path,
    const std::function<void(const std::string& name, const ReadBytes& read)>& visit) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  const auto require = [&](bool ok) {
    check_data(ok, "{}: cannot read the archive: {}", path.string(),
               ok ? "" : archive_error_string(reader.get()));
  };
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  constexpr std::size_t kBlockBytes = 1 << 16;
  require(archive_read_open_filename(reader.get(), path.c_str(), kBlockBytes) == ARCHIVE_OK);

  const ReadBytes read = [&](std::span<std::uint8_t> out) {
    const la_ssize_t count = archive_read_data(reader.get(), out.data(), out.size());
    require(count >= 0);
    return static_cast<std::size_t>(count);
  };
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) return;
    require(status == ARCHIVE_OK || status == ARCHIVE_WARN);
    const char* name = archive_entry_pathname(entry);
    if (archive_entry_filetype(entry) != AE_IFREG || name == nullptr) continue;
    visit(std::filesystem::path(name).filename().string(), read);
  }
}

}  // namespace keel
