import torch


class Range(torch.utils.data.Dataset):
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        return index


def order():
    """Three epochs as the chapter iterates: the training loader, then the test loader."""
    result = []
    for count, batch, with_generator in ((10, 4, False), (60000, 256, False), (10, 3, True)):
        torch.manual_seed(0)
        generator = torch.Generator().manual_seed(7) if with_generator else None
        train = torch.utils.data.DataLoader(Range(count), batch, shuffle=True, generator=generator)
        test = torch.utils.data.DataLoader(Range(5), 2)
        epochs = []
        for _ in range(3):
            seen = [index for b in train for index in b.tolist()]
            epochs.append(seen[:20])
            for _ in test:
                pass
        result.append({"count": count, "batch": batch, "generator": with_generator, "epochs": epochs,
                       "after": torch.rand(2).tolist()})
    return result
