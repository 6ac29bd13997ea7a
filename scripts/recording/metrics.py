import torch


def metrics():
    from sklearn.metrics import classification_report, confusion_matrix

    def case(labels, predictions, classes):
        labels, predictions, names = labels.tolist(), predictions.tolist(), list(range(classes))
        report = classification_report(
            labels, predictions, labels=names, target_names=[str(name) for name in names], output_dict=True, zero_division=0
        )
        # With labels given, sklearn calls the accuracy "micro avg" where some class was never met.
        accuracy = report.get("accuracy", report.get("micro avg", {}).get("precision"))
        return {
            "labels": labels, "predictions": predictions, "classes": classes, "accuracy": accuracy,
            "matrix": confusion_matrix(labels, predictions, labels=names).tolist(),
            "perClass": [report[str(name)] for name in names],
            "macro": report["macro avg"], "weighted": report["weighted avg"],
        }

    torch.manual_seed(0)
    noisy = torch.randint(0, 10, (200,))
    return [
        case(noisy, torch.where(torch.rand(200) < 0.7, noisy, torch.randint(0, 10, (200,))), 10),
        case(torch.tensor([0, 0, 1, 1]), torch.tensor([0, 0, 0, 0]), 4),
        case(torch.tensor([2, 2, 2]), torch.tensor([0, 1, 0]), 3),
        case(torch.arange(5), torch.arange(5), 5),
    ]
